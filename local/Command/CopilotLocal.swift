import Domain
import FunctionInterface
import ArgumentParser
import Host
import Ports

/// The local runner: everything that surrounds the functions in the cloud, on one machine.
@main struct CopilotLocal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copilot-local",
        abstract: "Runs copilot-usage on this machine: cron, bus, state, web page and replay.",
        discussion: """
            FIRST STEPS
              copilot-local demo                  see everything work, offline, in seconds
              copilot-local run --env-file .env   connect to GitHub and collect every day
              copilot-local tick --env-file .env  collect now
              copilot-local status                what is collected and what is missing
              copilot-local doctor                what is wrong, and what to do about it

            EXIT STATUS
              0  done; a report that GitHub does not have yet is no failure
              1  an organization or a source failed or was refused, or could not be read
              2  the command or the configuration is wrong; the message names what to change
            """,
        version: ProductVersion.current,
        subcommands: [
            Demo.self, Run.self, Tick.self, Invoke.self, Record.self, Replay.self,
            IntegrationsCommand.self, Status.self, Events.self, DeadLetters.self, State.self,
            Doctor.self, Simulate.self,
        ])

    /// Leaves with the status that both programs of this project promise; the parser's own for
    /// misuse is another.
    static func main() async {
        Terminal.leave(await run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs one command line.
    ///
    /// - Parameter arguments: The arguments, the subcommand first.
    /// - Returns: What to say to the shell; what there is to say to a person has been said.
    static func run(_ arguments: [String]) async -> CommandStatus {
        let command: any ParsableCommand
        do {
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
                StandardError.write("copilot-local: \(line)\n")
            }
            return CommandStatus(failure)
        }
        let text = fullMessage(for: error)
        guard exitCode(for: error).isSuccess else {
            StandardError.write(text + "\n")
            return .misuse
        }
        print(text)
        return .done
    }
}

/// Ends a command with a status other than 0 when everything was said already.
struct Ending: Error {
    let status: CommandStatus
}
