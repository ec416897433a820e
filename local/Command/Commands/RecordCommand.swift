import ArgumentParser
import Domain
import FunctionInterface
import Host
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs another command and records every run of a function.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Runs another command and records every run of a function for replay.",
        usage: "copilot-local record <folder> -- <command> [<option> ...]",
        discussion: """
            For each event, the recording contains the event, the requests to GitHub and their \
            responses, all reads and writes of the store, a digest of the samples, and the result. \
            `copilot-local replay` runs it again without a network.

            Tokens, keys, signatures, cookies and sealed values are replaced by placeholders, \
            consistently. Logins, names and e-mail addresses are data and stay: review a recording \
            before you share it.

            EXAMPLES
              copilot-local record ./recording -- tick --env-file .env
              copilot-local record ./recording -- invoke onCollectOrg --event event.json
              copilot-local replay ./recording
            """)

    @Argument(help: "The folder to record into, new or empty.")
    var folder: String

    @Argument(parsing: .postTerminator, help: "The command to run.")
    var command: [String]

    func run() async throws {
        let recorded = ["demo", "run", "tick", "invoke", "dead-letters"]
        guard let name = command.first, recorded.contains(name) else {
            throw Failure(
                .misconfigured,
                "After --, write demo, run, tick, invoke or dead-letters redrive, with its options."
                    + Spelling.hint(command.first ?? "", recorded))
        }
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard found.isEmpty else {
            throw Failure(
                .misconfigured,
                "\(folder) is not empty. Name a new or empty folder for the recording.")
        }
        let status = await CopilotLocal.run(command + ["--record-to", folder])
        if status != .misuse { Terminal.say("Recorded to \(folder).") }
        if status != .done { throw Ending(status: status) }
    }
}
