import ArgumentParser
import Deployment
import Domain
import FunctionInterface
import Host
import OnDailyTick
import Ports
import Runner
import Toolbox

/// Runs the daily tick once and processes events until nothing is due.
struct Tick: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Collects now: runs the daily tick once, processes its events, and reports.",
        discussion: """
            The tick checks the last LOOKBACK_DAYS days before its time, and older days that are \
            not final yet. Running it twice is harmless: unchanged data is not sent again. Failed \
            events stay on the bus, and the next command that processes it retries them; \
            `copilot-local dead-letters` lists those that failed permanently.

            Final days are not read again. --again reads and sends the days of --from and --to, or \
            else of the look-back, although they are final or unchanged: for a backend that lost \
            data, a new sink, another USER_IDENTITY, or after GitHub revised old days. A source \
            that differs is `restated`, with the number of changed samples; one that is the same is \
            `written`, with a note.

            EXAMPLES
              copilot-local tick
              copilot-local tick --from 2026-11-01 --to 2026-11-15
              copilot-local tick --from 7d
              copilot-local tick --organization acme --json
              copilot-local tick --from 2026-11-01 --to 2026-11-15 --again
              copilot-local tick --time 2026-11-22T06:00:00Z
            """)

    @Option(
        help: ArgumentHelp(
            "The time of the tick, such as 2026-11-22T06:00:00Z, by default now.", valueName: "time"
        ))
    var time: Timestamp?

    @Option(
        help: ArgumentHelp(
            "The first day to collect, such as 2026-11-01 or 7d, however old.", valueName: "day"),
        transform: Arguments.day)
    var from: Day?

    @Option(
        help: ArgumentHelp(
            "The last day to collect, such as 2026-11-15 or yesterday.", valueName: "day"),
        transform: Arguments.day)
    var to: Day?

    @Option(
        name: .customLong("organization"),
        help: ArgumentHelp("Collect only this organization; can be repeated.", valueName: "login"))
    var organizations: [OrganizationLogin] = []

    @Flag(help: "Read and send the days again although they are final.")
    var again = false

    @OptionGroup var options: CommonOptions

    func validate() throws {
        if let from, let to, from > to {
            throw ValidationError("--from \(from) is after --to \(to). Swap them.")
        }
    }

    func run() async throws {
        let moment = time ?? SystemPorts.clock.now()
        do throws(Failure) {
            try DailyTick.Event(time: moment, from: from, to: to).check(at: moment)
        } catch {
            // The caller can still correct the request, so nothing is published.
            throw Failure(.misconfigured, "--from and --to: \(error.message)")
        }
        let runtime = try Runtime(
            options, for: [.onDailyTick, .onCollectOrg], needsState: true)
        try await runtime.requireApp(options)
        for organization in organizations {
            if let reason = runtime.settings.organizations.reasonToLeaveOut(organization) {
                throw Failure(.misconfigured, "--organization \(organization): \(reason).")
            }
        }
        let tick = SharedTick(
            at: moment, from: from, to: to, organizations: organizations, again: again,
            now: runtime.adapters.clock.now())
        let round = Round(runtime, options, for: tick)
        let report = try await round.work(on: tick)
        let known = try await StateReader(runtime.adapters.store).integrations()
        let isConnected = known.contains { $0.removedAt == nil }
        if options.json {
            Terminal.show(json: JSON.encode(report))
        } else {
            Terminal.show(ReportText.lines(report, isConnected: isConnected, Terminal.style))
        }
        if round.isStopped {
            await round.sayWhatIsLeft()
            throw Ending(status: .interrupted)
        }
        let suspended = try await StateReader(runtime.adapters.store).suspended()
        let named = organizations + runtime.settings.organizations.names
        let wanted = suspended.union(named.map(\.description))
        if !isConnected || report.isFault(wanted: wanted) { throw Ending(status: .fault) }
    }
}
