import ArgumentParser
import Domain

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file of variables, NAME=value a line.", valueName: "file"))
    var envFile: String?

    @Flag(help: "Print JSON on standard output instead of tables.")
    var json = false

    @Flag(help: "Say nothing on the way; results and failures are still printed.")
    var quiet = false

    @Option(help: ArgumentHelp("The most events in work at once.", valueName: "count"))
    var parallel = 4

    // Set by `record`: any command that runs functions can be recorded.
    @Option(help: .private)
    var recordTo: String?

    func validate() throws {
        guard 1...64 ~= parallel else {
            throw ValidationError("--parallel must be from 1 to 64")
        }
    }
}

extension Day: ExpressibleByArgument {
    /// Reads a day as a person writes it.
    public init?(argument: String) { self.init(argument) }
}

extension Timestamp: ExpressibleByArgument {
    /// Reads a moment as a person writes it.
    public init?(argument: String) { self.init(argument) }
}

extension OrganizationLogin: ExpressibleByArgument {
    /// Reads a login as a person writes it.
    public init?(argument: String) { self.init(argument) }
}

extension IntegrationID: ExpressibleByArgument {
    /// Reads an id as a person writes it.
    public init?(argument: String) { self.init(argument) }
}
