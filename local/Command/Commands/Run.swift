import Lifecycle
import Worker
import ArgumentParser
import Domain
import HTTPHost
import Host
import Ports
import Runner

/// Serves the web routes and the local page, and runs cron and the bus.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connects to GitHub and collects every day, until it is stopped.",
        discussion: """
            Serves on loopback:
              /                    what is connected, collected, waiting and failed
              /authorize           connect to GitHub
              /authorize/callback  the App's callback URL
              /healthz             for supervisors

            The daily tick comes at --at; ticks that were missed while this was not running are \
            made up for by one at the start, because a tick looks at what is missing. Connecting \
            fires a tick at once. SIGINT or SIGTERM finish what is begun and end; a second one \
            ends at once, and the next start goes on where this left off.

            EXAMPLES
              copilot-local run --env-file .env
              copilot-local run --env-file .env --port 9000 --at 05:30
            """)

    @Option(help: "The port.")
    var port = 8080

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("When the daily tick comes, UTC.", valueName: "hh:mm"))
    var at = "06:00"

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard DailySchedule(at) != nil else {
            throw ValidationError("--at must be a time of day such as 06:00")
        }
        guard 0...65_535 ~= port else { throw ValidationError("--port must be from 0 to 65535") }
    }

    func run() async throws {
        // A port that the system chooses is known only once it is listened on.
        let runtime = try Runtime(
            options, for: Set(FunctionName.allCases),
            publicURL: port == 0 ? nil : "http://127.0.0.1:\(port)")
        // A database that is not there, or does not let us in, is better known before a page is
        // served.
        _ = try await runtime.adapters.store.keys(prefix: "", after: nil, limit: 1)
        _ = try await runtime.bus.queued()
        let cron = DailySchedule(at) ?? DailySchedule()
        let ticker = Ticker(cron, bus: runtime.bus, store: runtime.adapters.store)
        let progress = ProgressDisplay(isQuiet: options.quiet, isLive: false)
        let dispatcher = runtime.dispatcher(parallel: options.parallel, observer: progress.note)
        let routes = WebRoutes(runtime, cron: cron) {
            let now = runtime.adapters.clock.now()
            // Whoever has just connected does not want to wait for tomorrow's tick.
            try? await runtime.bus.publish([CloudEvent.tick(at: now)])
        }
        let server = HTTPServer(
            host: host, port: port, logger: runtime.logger, answer: routes.answer)

        let stop = StopSign()
        let (stopped, announcement) = AsyncStream.makeStream(of: Never.self)
        let signals = Signals {
            stop.raise()
            announcement.finish()
        }
        defer { signals.end() }

        async let worked: Void = dispatcher.work(until: stop)
        let shown = options.quiet ? nil : "http://\(host)"
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await server.run { port in
                        if let shown { Terminal.say("Serving on \(shown):\(port)/ until stopped.") }
                    }
                }
                group.addTask {
                    await ticker.run(
                        until: stop, clock: runtime.adapters.clock, time: runtime.adapters.time,
                        logger: runtime.logger)
                }
                group.addTask { for await _ in stopped {} }
                // Whichever ends first ends the others: the signal, or a port that is taken.
                try await group.next()
                group.cancelAll()
            }
        } catch {
            stop.raise()
            await worked
            throw Failure(
                .misconfigured,
                "port \(port) on \(host) cannot be listened on: choose another with --port")
        }
        stop.raise()
        await worked
        if !options.quiet { Terminal.say("Stopped; what was begun is finished.") }
    }
}
