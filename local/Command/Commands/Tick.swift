import FunctionInterface
import Toolbox
import ArgumentParser
import Domain
import Host
import OnDailyTick
import Ports
import Runner

/// Fires the daily tick once and works until nothing is due.
struct Tick: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Collects now: fires the daily tick once, works the bus off, and reports.",
        discussion: """
            The tick looks at the last LOOKBACK_DAYS days before its time, and at days that were \
            begun and are not final. Firing it twice does no harm: what is unchanged is not sent \
            again. What fails now stays on the bus and is tried again by the next command that \
            works on it; what failed for good is listed by `copilot-local dead-letters`.

            EXAMPLES
              copilot-local tick
              copilot-local tick --from 2026-11-01 --to 2026-11-15
              copilot-local tick --organization acme --json
              copilot-local tick --time 2026-11-22T06:00:00Z
            """)

    @Option(
        help: ArgumentHelp(
            "The moment the tick stands for, such as 2026-11-22T06:00:00Z (now).", valueName: "time"
        ))
    var time: Timestamp?

    @Option(
        help: ArgumentHelp(
            "The first day to look at, such as 2026-11-01, however old.", valueName: "day"))
    var from: Day?

    @Option(help: ArgumentHelp("The last day to look at, such as 2026-11-15.", valueName: "day"))
    var to: Day?

    @Option(
        name: .customLong("organization"),
        help: ArgumentHelp("Only this organization; may be repeated.", valueName: "login"))
    var organizations: [OrganizationLogin] = []

    @OptionGroup var options: CommonOptions

    func validate() throws {
        if let from, let to, from > to { throw ValidationError("--from must not be after --to") }
    }

    func run() async throws {
        let runtime = try Runtime(options, for: [.onDailyTick, .onCollectOrg])
        let moment = time ?? runtime.adapters.clock.now()
        do throws(Failure) {
            try DailyTick.Event(time: moment, from: from, to: to).check(at: moment)
        } catch {
            // What is asked for can still be put right, so nothing is left on the bus.
            throw Failure(.misconfigured, "--from and --to: \(error.message)")
        }
        let event = CloudEvent.tick(
            at: moment, from: from, to: to, organizations: organizations)
        let round = Round(runtime, options)
        try await runtime.bus.publish([event])
        try await round.work()
        let report = round.report
        if options.json {
            Terminal.show(json: JSON.encode(report))
        } else {
            let known = try await StateReader(runtime.adapters.store).integrations()
            Terminal.show(
                ReportText.lines(
                    report, isConnected: known.contains { $0.removedAt == nil }, Terminal.style))
        }
        let suspended = try await StateReader(runtime.adapters.store).suspended()
        let wanted = suspended.union(organizations.map(\.description))
        if report.isFault(wanted: wanted) { throw Ending(status: .fault) }
    }
}
