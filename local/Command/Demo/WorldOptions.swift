import ArgumentParser

/// The size and content of a simulated GitHub.
struct WorldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The number of generated organizations.", valueName: "count"))
    var organizations = 3

    @Option(
        help: ArgumentHelp("The number of Copilot users in each organization.", valueName: "count"))
    var users = 30

    @Option(help: ArgumentHelp("The seed of the generated data.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "A folder of recorded reports, served as the organization octodemo; by default the one"
                + " in the repository, if it is found.", valueName: "folder"))
    var recorded: String?

    func validate() throws {
        guard 0...10_000 ~= organizations, 0...1_000_000 ~= users else {
            throw ValidationError(
                "--organizations must be from 0 to 10000, and --users from 0 to 1000000")
        }
    }
}
