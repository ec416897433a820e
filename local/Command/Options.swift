public import ArgumentParser
public import Domain
import Toolbox

/// The options of every command.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read variables from this file, one NAME=value per line.", valueName: "file"))
    var envFile: String?

    @Flag(help: "Print JSON on standard output instead of tables.")
    var json = false

    @Flag(help: "Print only results and failures, no progress.")
    var quiet = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most events to process at once, 1 to 64.", valueName: "count"),
        transform: Arguments.number(1...64))
    var parallel = 4

    // `record` sets it: any command that runs functions can be recorded.
    @Option(help: .private)
    var recordTo: String?

    func validate() throws {
        guard envFile != "" else {
            throw ValidationError("--env-file is empty. Name a file, such as --env-file .env.")
        }
    }
}

// Each type parses itself from text.
extension Day: ExpressibleByArgument {}
extension Timestamp: ExpressibleByArgument {}
extension OrganizationLogin: ExpressibleByArgument {}
extension IntegrationID: ExpressibleByArgument {}
