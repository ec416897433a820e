public import Domain
import MetricText
public import Ports
import Problems

/// The page `/metrics`: the process and the collector in OpenMetrics text.
///
/// The state is read at most once in ``pause``, whoever asks and however often, because a scrape comes
/// every few seconds and the state changes once a day.
public actor SelfMetrics {
    /// Returns all problems and notices, for a program that knows more of them than the state.
    public typealias Problems = @Sendable () async -> [Problem]

    /// How long what was read is shown.
    static let pause = Duration.seconds(30)

    private let program: String
    private let store: any KeyValueStore
    private let bus: (any EventPublisher)?
    private let clock: any WallClock
    private let found: Problems?
    private let start: Timestamp
    private var latest: (at: Timestamp, reading: Task<Reading, Never>)?

    /// Creates the page.
    ///
    /// - Parameters:
    ///   - program: The name of the program.
    ///   - bus: The bus; its events are counted if it can list them.
    ///   - problems: Finds the problems; by default those that are stored.
    public init(
        program: String, store: any KeyValueStore, bus: (any EventPublisher)?,
        clock: any WallClock, problems: Problems? = nil
    ) {
        self.program = program
        self.store = store
        self.bus = bus
        self.clock = clock
        found = problems
        start = clock.now()
    }

    /// The header fields of the page.
    public static let fields = [
        "content-type": MetricText.mediaType, "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    ]

    /// The document.
    ///
    /// - Parameter hasNames: Whether organizations are named. A host that anyone can reach only counts.
    public func document(hasNames: Bool) async -> [UInt8] {
        let now = clock.now()
        let reading = await current(at: now)
        var report = CollectorReport(at: now, tags: SampleTags(application: ""))
        report.add(
            .buildInfo, 1, ["program": program, "version": ProductVersion.current])
        ProcessMetrics.add(to: &report, startedAt: start)
        report.add(.stateUp, reading.isComplete ? 1 : 0)
        report.add(reading.problems, hasNames: hasNames)
        if let queue = reading.queue {
            report.add(.deadLetters, Double(queue.dead))
            report.add(.pendingEvents, Double(queue.pending))
        }
        if let state = reading.state {
            report.add(.organizations, Double(state.organizationCount))
            if let tick = state.lastTick {
                report.add(.lastTick, Double(tick.milliseconds) / 1_000)
            }
            if hasNames { report.add(state, today: Day(containing: now)) }
        }
        return MetricText.document(report.samples, families: Self.families) + Self.catalogue
    }

    /// The families of the page, without those that only the backends have.
    private static let families = CollectorMetric.all.filter { $0.place != .sink }

    /// The headings of all metrics that the backends have, without samples, and the end.
    ///
    /// Prometheus keeps the help of each family that it scrapes, also of one without samples, and drops
    /// the metadata of remote write. So a scrape of this page is how its users see what a metric means.
    private static let catalogue =
        CollectorMetric.all.filter { $0.place == .sink }.flatMap {
            MetricText.heading($0.name, unit: $0.declaredUnit, help: $0.help)
        } + Catalogue.every.flatMap { MetricText.heading($0.name, help: $0.help) }
        + MetricText.end

    /// What was read, now or a moment ago; those who ask at the same time share one reading.
    private func current(at now: Timestamp) async -> Reading {
        if let latest, now.since(latest.at) < Self.pause, now >= latest.at {
            return await latest.reading.value
        }
        let reading = Task { [store, bus, found] in await Reading(store, bus, found) }
        latest = (now, reading)
        return await reading.value
    }

    /// What one look at the state and the bus found; nil where it could not look.
    private struct Reading {
        var problems: [Problem] = []
        var state: CollectorState?
        var queue: (dead: Int, pending: Int)?
        var isComplete = true

        init(_ store: any KeyValueStore, _ bus: (any EventPublisher)?, _ found: Problems?) async {
            do throws(Failure) {
                state = try await CollectorState(store)
                if let found {
                    problems = await found()
                } else {
                    problems = try await ProblemBook(store).all().flatMap(\.problems)
                }
            } catch {
                isComplete = false
            }
            guard let bus = bus as? any EventBus else { return }
            do throws(Failure) {
                let events = try await bus.queued()
                queue = (events.count { $0.due == nil }, events.count { $0.due != nil })
            } catch {
                isComplete = false
            }
        }
    }
}
