import ArgumentParser

/// The size and content of a simulated GitHub.
struct WorldOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The number of generated organizations, 1 to 10,000.", valueName: "count"),
        transform: Arguments.number(1...10_000))
    var organizations = 3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The number of Copilot users in each organization, 1 to 1,000,000.",
            valueName: "count"), transform: Arguments.number(1...1_000_000))
    var users = 30

    @Option(help: ArgumentHelp("The seed of the generated data.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "A folder of recorded reports, served as the organization octodemo in place of those in"
                + " the program.", valueName: "folder"))
    var recorded: String?
}
