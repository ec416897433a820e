import Toolbox
public import ArgumentParser
public import Domain

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

// Each reads itself from text, and says by itself what it does not take.
extension Day: ExpressibleByArgument {}
extension Timestamp: ExpressibleByArgument {}
extension OrganizationLogin: ExpressibleByArgument {}
extension IntegrationID: ExpressibleByArgument {}
