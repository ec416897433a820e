import ArgumentParser

/// How large a simulated world is, and what is in it.
struct WorldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many organizations are made up.", valueName: "count"))
    var organizations = 3

    @Option(help: ArgumentHelp("How many people use Copilot in each.", valueName: "count"))
    var users = 30

    @Option(help: ArgumentHelp("What everything is made up from.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "A folder of recorded reports, shown as the organization octodemo;"
                + " the project's own where it is found.", valueName: "folder"))
    var recorded: String?

    func validate() throws {
        guard 0...10_000 ~= organizations, 0...1_000_000 ~= users else {
            throw ValidationError(
                "--organizations goes to 10000 and --users to 1000000, and neither is negative")
        }
    }
}
