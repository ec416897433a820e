import ArgumentParser
import Deployment
import Domain
import FunctionInterface
import Host
import Ports

/// The local runner: everything that surrounds the functions in the cloud, on one machine.
@main struct CopilotLocal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copilot-local",
        abstract:
            "Runs copilot-usage on one machine: schedule, event bus, state, web page and replay.",
        discussion: """
            FIRST STEPS
              copilot-local demo                  play a week against a simulated GitHub
              copilot-local run                   set up GitHub, connect, and collect every day
              copilot-local tick --env-file .env  collect now
              copilot-local status                show what is collected and missing
              copilot-local doctor                find problems and how to fix them

            EXIT STATUS
              0  success; a report that GitHub has not published yet is not a failure
              1  an organization or a source failed, was refused or could not be read, or nobody
                 is connected
              2  wrong usage or configuration; the message names what to change
              130  interrupted with Ctrl-C; the message says how much is left
            """,
        version: ProductVersion.current,
        subcommands: [
            Demo.self, SetupCommand.self, Run.self, Tick.self, Invoke.self, RecordCommand.self,
            Replay.self,
            IntegrationsCommand.self, ConsoleCommand.self, Status.self, Events.self,
            DeadLetters.self, StateCommand.self,
            Doctor.self, MetricsCommand.self, Simulate.self, DocsCommand.self,
            PictureCommand.self,
        ])

    /// Exits with the status that both programs promise; the parser's own for misuse differs.
    @MainActor static func main() async {
        // Before anything needs a second thread.
        do { try ProcessLimits.check() } catch { Terminal.leave(explain(error)) }
        Terminal.leave(await run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs one command line.
    ///
    /// - Parameter arguments: The arguments, the subcommand first.
    /// - Returns: The exit status; all messages have been printed.
    static func run(_ arguments: [String]) async -> CommandStatus {
        let command: any ParsableCommand
        do {
            try CommandNames.check(arguments, of: Self.self)
            command = try parseAsRoot(arguments)
        } catch {
            return explain(error)
        }
        do {
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
            return .done
        } catch {
            return explain(error)
        }
    }

    private static func explain(_ error: any Error) -> CommandStatus {
        if let ending = error as? Ending { return ending.status }
        if let failure = error as? Failure {
            for line in failure.message.split(separator: "\n") {
                Terminal.say("copilot-local: \(line)")
            }
            return failure.code == .cancelled ? .interrupted : CommandStatus(failure)
        }
        let text = fullMessage(for: error)
        guard exitCode(for: error).isSuccess else {
            Terminal.say(text)
            return .misuse
        }
        Terminal.show(help: text)
        return .done
    }
}

/// Ends a command with a status other than 0 after its messages have been printed.
struct Ending: Error {
    let status: CommandStatus
}
