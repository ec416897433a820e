import ArgumentParser
import Deployment
import Domain
import FunctionInterface
import HTTPHost
import Host
import LambdaHost
import Ports
import WorkerHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The function host: one binary for every function and every way to start it.
@main struct Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copilot-functions",
        abstract: "Runs a function of copilot-usage.",
        usage: """
            copilot-functions <function> [--env-file <file>]
            copilot-functions <function> --event <file> [--env-file <file>] [--pretty]
            copilot-functions work [--env-file <file>]
            """,
        discussion: """
            FUNCTIONS
              onAuthorize          sends a person's browser to GitHub
              onAuthorizeCallback  takes the browser back and keeps the authorization
              onDailyTick          finds what is to be collected
              onCollectOrg         collects one day of one organization

              work                 works on the events of EVENT_BUS until it is told to stop

            FUNCTION_TARGET may name the function too.

            With --event it runs one event, JSON, bare or in a CloudEvent. The result is
            one JSON document on standard output; everything else goes to standard error.

            Without it, HTTP is served on IPv6 and IPv4 until SIGTERM: POST / takes events, as
            CloudEvents or as application/json; GET /healthz; GET /authorize and
            /authorize/callback for the two authorization functions, which
            onAuthorizeCallback serves both. 200 is done, 400 never to be sent again, 409,
            429 and 503 to be sent again after Retry-After. On AWS Lambda it serves that.

            EXAMPLES
              PORT=8080 copilot-functions onAuthorizeCallback
              PORT=8081 K_SINK=http://broker.example/ copilot-functions onDailyTick
              echo '{}' | copilot-functions onDailyTick --event -
              copilot-functions onCollectOrg --event event.json --env-file .env --pretty

              where event.json is
              {"integration":"1001-copilot","installation":555,"organization":"acme",
               "day":"2026-11-21"}

            EXIT STATUS
              0  done
              1  the function failed, or an organization or a source was refused
              2  the command or the configuration is wrong; a message says what to change
            """,
        version: ProductVersion.current)

    // Beside the rest of the help it would be put together at each start, which is a tenth of one.
    private static var variables: String {
        """
        VARIABLES
          Read from the environment, then from --env-file. Defaults in parentheses.

        \(HelpText.variables(.container))
        """
    }

    @Argument(help: ArgumentHelp("The function to run, or work.", valueName: "function"))
    var target: String?

    @Option(help: ArgumentHelp("The event; - for standard input.", valueName: "file"))
    var event: String?

    @Option(help: ArgumentHelp("A file of variables, NAME=value a line.", valueName: "file"))
    var envFile: String?

    @Flag(help: "Indent the result.")
    var pretty = false

    /// Parses by hand only to leave with the status that both commands promise for misuse.
    @MainActor static func main() async {
        let command: Command
        // Before anything needs a second thread.
        do throws(Failure) {
            try ProcessLimits.check()
        } catch {
            StandardError.write("copilot-functions: \(error.message)\n")
            leave(.misuse)
        }
        do {
            command = try parse()
        } catch {
            let text = fullMessage(for: error)
            guard exitCode(for: error).isSuccess else {
                StandardError.write(text + "\n")
                leave(.misuse)
            }
            // The version and the completion scripts for shells arrive here too.
            print(text == helpMessage() ? "\(text)\n\(variables)" : text)
            leave(.done)
        }
        leave(await command.status())
    }

    private static func leave(_ status: CommandStatus) -> Never {
        exit(withError: ExitCode(status.rawValue))
    }

    private var servers: Servers {
        Servers(
            http: { port in
                { service throws(Failure) in try await HTTPHost(service, port: port).run() }
            },
            lambda: LambdaLoop.serve, worker: EventWorker.serve, report: LambdaLoop.report)
    }

    private func status() async -> CommandStatus {
        let process = ProgramEnvironment(
            environment: ProcessInfo.processInfo.environment,
            read: { path throws(Failure) in try EventFile.read(path) },
            answer: { print($0) },
            complain: StandardError.write)
        return await Program(process: process, servers: servers).run(
            Program.Request(
                target: target, event: event, environmentFile: envFile, isPretty: pretty))
    }
}
