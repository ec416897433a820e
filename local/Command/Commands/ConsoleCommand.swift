import ArgumentParser
import Console
import Deployment
import Domain
import HTTPHost
import Host
import Ports
import Runner
import SelfMetrics
import Toolbox

/// Serves the pages over the state that is there, and does nothing else.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Serves the pages over the state that is there. Collects and changes nothing.",
        discussion: """
            Needs none of the App's variables: only STATE_STORE, EVENT_BUS and METRICS_SINK, which \
            say what to show. Charts come from the files of METRICS_SINK=file:DIR, otherwise \
            from QUERY_URL.

            Serves on loopback:
              /                                what needs you, then use and spend per organization
              /organizations/LOGIN             its charts and its days
              /organizations/LOGIN/days/DAY    what was collected of a day, and why not
              /metrics/NAME                    what a metric means, its series, PromQL
              /events                          what waits, what happened, what failed for good
              /api/openapi.json                describes the same as JSON

            EXAMPLES
              copilot-local console --env-file demo/demo.env
              copilot-local console --env-file .env --port 9000
            """)

    @Option(help: "The port to listen on.")
    var port = 8081

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(
        help: ArgumentHelp(
            "The newest day to expect, by default the newest that is there.", valueName: "day"))
    var through: Day?

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard 0...65_535 ~= port else { throw ValidationError("--port must be from 0 to 65535") }
    }

    func run() async throws {
        let runtime = try Runtime(options, for: [])
        // A database that does not let us in is better known before a page is served.
        _ = try await runtime.adapters.store.keys(prefix: "", after: nil, limit: 1)
        _ = try await runtime.bus.queued()
        guard runtime.settings.setupToken != nil || IPAddress.isLoopback(host: host) else {
            throw Failure(
                .misconfigured,
                """
                SETUP_TOKEN is not set, but other machines can reach --host \(host). Set it to a long \
                random text, which opens the pages
                """
            )
        }
        let (site, metrics, pageGuard) = (
            ConsoleSite(runtime, through: through), SelfMetrics(runtime),
            PageGuard(runtime, listeningOn: host, at: "http://\(host):\(port)")
        )
        let server = HTTPServer(host: host, port: port, logger: runtime.logger) { request in
            if case .refuse(let result) = pageGuard.verdict(
                on: request.webEvent, to: request.path)
            {
                return HTTPServerResponse(result)
            }
            if request.path == "/healthz" { return .text(200, "ok") }
            if request.path == "/metrics" { return await HTTPServerResponse(metrics) }
            if ["/authorize", "/setup"].contains(request.path) {
                return .text(404, Self.cannotConnect)
            }
            if request.path.hasPrefix(ConsoleAction.prefix) {
                return .text(403, Self.cannotChange)
            }
            return await site.answer(request)
        }
        let (host, isQuiet) = (host, options.quiet)
        do {
            try await server.runUntilSignalled { port in
                guard !isQuiet else { return }
                Terminal.say("The pages are at http://\(host):\(port)/. Stop with Ctrl-C.")
            }
        } catch {
            throw Failure.cannotListen(
                on: "\(host), port \(port)", error,
                advice: "Choose another port with --port, or check --host.")
        }
    }

    private static let cannotChange =
        "These pages change nothing. Start `copilot-local run` to collect, send again and remove."

    private static let cannotConnect =
        "These pages only show what is stored. Start `copilot-local run` to connect to GitHub."
}
