import FunctionInterface
import ArgumentParser
import Host

/// Runs another command and records every function it runs.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Runs another command and records every event with what was behind it.",
        usage: "copilot-local record <folder> -- <command> [<option> ...]",
        discussion: """
            For each event that a function handles, the recording holds the event, the requests \
            to GitHub and their replies, what was read from and written to the store, what stands \
            for the samples, and the result. `copilot-local replay` runs it again without a \
            network.

            Tokens, keys, signatures, cookies and what was sealed are replaced by stand-ins, each \
            by the same one everywhere; results are recorded with the stand-ins too. Logins, \
            names and e-mail addresses are data and stay: look before you pass a recording on.

            EXAMPLES
              copilot-local record ./recording -- tick --env-file .env
              copilot-local record ./recording -- invoke onCollectOrg --event event.json
              copilot-local replay ./recording
            """)

    @Argument(help: "The folder to record into; it must not hold a recording yet.")
    var folder: String

    @Argument(parsing: .postTerminator, help: "The command to run.")
    var command: [String]

    func run() async throws {
        guard let name = command.first,
            ["demo", "run", "tick", "invoke", "dead-letters"].contains(name)
        else {
            throw ValidationError(
                "write -- and then demo, run, tick, invoke or dead-letters redrive with its options"
            )
        }
        let status = await CopilotLocal.run(command + ["--record-to", folder])
        if status != .misuse { Terminal.say("Recorded into \(folder).") }
        if status != .done { throw Ending(status: status) }
    }
}
