import ArgumentParser
import Deployment
import Domain
import HTTPHost
import Host
import Lifecycle
import Logging
import Ports
import Runner
import Synchronization
import Worker

/// Serves the web routes and the local page, and runs the schedule and the bus.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connects to GitHub and collects every day, until it is stopped.",
        discussion: """
            Serves on loopback:
              /                    integrations, collected days, pending events, dead letters
              /setup               makes the GitHub App, if no variables name one
              /authorize           connects to GitHub
              /authorize/callback  the App's callback URL
              /healthz             for health checks

            With SETUP_TOKEN, each page asks for it; to listen on another address, it must be set. \
            Requests to host names other than those of this machine and of PUBLIC_URL are refused.

            The daily tick runs at --at. One tick at the start replaces all that were missed \
            while this was not running, because a tick looks for missing days. Connecting runs a \
            tick at once. SIGINT or SIGTERM finishes the events in progress and stops; a second \
            signal stops at once, and the next start continues from there.

            EXAMPLES
              copilot-local run --env-file .env
              copilot-local run --env-file .env --port 9000 --at 05:30
            """)

    @Option(parsing: .unconditional, help: "The port to listen on.", transform: Arguments.port)
    var port = 8080

    @Option(help: "The address to listen on.", transform: Arguments.host)
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The time of the daily tick, in UTC.", valueName: "hh:mm"))
    var at = "06:00"

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard DailySchedule(at) != nil else {
            throw ValidationError("--at must be a time of day such as 06:00")
        }
    }

    func run() async throws {
        // A port that the system chooses is known only once it is listened on.
        let runtime = try Runtime(
            options, for: Set(FunctionName.allCases),
            publicURL: port == 0 ? nil : "http://127.0.0.1:\(port)", listeningOn: host)
        // A database that is not there, or does not let us in, is better known before a page is
        // served.
        _ = try await runtime.adapters.store.keys(prefix: "", after: nil, limit: 1)
        _ = try await runtime.bus.queued()
        if let file = options.envFile, DemoFolder.wrote(file), await !runtime.hasApp {
            try await runtime.requireApp(options)
        }
        let cron = DailySchedule(at) ?? DailySchedule()
        let ticker = Ticker(cron, bus: runtime.bus, store: runtime.adapters.store) {
            await runtime.hasApp
        }
        let logger = log(of: runtime)
        let progress = ProgressDisplay(isQuiet: false, isLive: false, logger: logger)
        let tally = TickTally()
        let dispatcher = runtime.dispatcher(
            parallel: options.parallel, onFollowUps: tally.begin
        ) { entry in
            progress.note(entry)
            for line in tally.end(entry) { logger.info("\(line)") }
        }
        let routes = WebRoutes(runtime, listeningOn: host, cron: cron) {
            let now = runtime.adapters.clock.now()
            // A new connection is collected at once, not with tomorrow's tick.
            try? await runtime.bus.publish([CloudEvent.tick(at: now)])
        }
        let server = HTTPServer(
            host: host, port: port, logger: runtime.logger, answer: routes.answer)

        let stop = StopSign()
        let (stopped, announcement) = AsyncStream.makeStream(of: Never.self)
        try await withStopSignals {
            stop.raise()
            announcement.finish()
        } _: {
            try await serve(runtime, server, ticker, dispatcher, until: stop, stopped)
        }
        if !options.quiet { Terminal.say("Stopped. Events in progress were finished.") }
    }

    /// The log of outcomes; `--quiet` leaves only what needs attention.
    private func log(of runtime: Runtime) -> Logger {
        var logger = runtime.logger
        if options.quiet { logger.logLevel = max(logger.logLevel, .warning) }
        return logger
    }

    /// Serves until the stream of the stop signal ends, then finishes what is begun.
    private func serve(
        _ runtime: Runtime, _ server: HTTPServer, _ ticker: Ticker, _ dispatcher: Dispatcher,
        until stop: StopSign, _ stopped: AsyncStream<Never>
    ) async throws {
        async let worked: Void = dispatcher.work(until: stop)
        let listening = Listening()
        let shown = options.quiet ? nil : "http://\(host)"
        let hasApp = await runtime.hasApp
        if !hasApp, let hint = MissingSettings.unread(options.envFile) {
            runtime.logger.warning("\(hint)")
        }
        let home = runtime.settings.publicURL?.description
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await server.run { port in
                        // For commands that send people here; without it they name the page.
                        try? await RunnerAddress(runtime.adapters.store)
                            .keep("http://127.0.0.1:\(port)")
                        listening.hasBegun.store(true, ordering: .relaxed)
                        if let shown {
                            Terminal.say("Listening on \(shown):\(port)/. Stop with Ctrl-C.")
                            if !hasApp {
                                let page = "\(home ?? "http://127.0.0.1:\(port)")/setup"
                                Terminal.say("There is no GitHub App yet. Make one at \(page).")
                            }
                        }
                    }
                }
                group.addTask {
                    await ticker.run(
                        until: stop, clock: runtime.adapters.clock, time: runtime.adapters.time,
                        logger: runtime.logger)
                }
                group.addTask {
                    await ProblemWatch(
                        store: runtime.adapters.store, bus: runtime.bus, logger: runtime.logger
                    ).run(until: stop, clock: runtime.adapters.clock, time: runtime.adapters.time)
                }
                group.addTask { for await _ in stopped {} }
                // Whichever ends first ends the others: the signal, or a port that is taken.
                try await group.next()
                group.cancelAll()
            }
        } catch {
            stop.raise()
            await worked
            guard !listening.hasBegun.load(ordering: .relaxed) else {
                throw Failure(.unavailable, "The web server failed: \(error). Start it again.")
            }
            throw Failure.cannotListen(
                on: "\(host), port \(port)", error,
                advice: "Choose another port with --port, or check --host.")
        }
        stop.raise()
        await worked
    }
}

/// Whether the server has listened: an error after that is not about the port.
private final class Listening: Sendable {
    let hasBegun = Atomic(false)
}
