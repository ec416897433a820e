public import Domain
public import Ports
import Problems
import Toolbox

/// Gathers what is in the way of collecting: from the stored problems, the bus and the last tick.
///
/// Nothing that cannot be read stops it: that is a problem of its own.
public struct HealthReader: Sendable {
    private let store: any KeyValueStore
    private let bus: any EventBus
    private let clock: any WallClock

    /// Creates a reader.
    public init(store: any KeyValueStore, bus: any EventBus, clock: any WallClock) {
        self.store = store
        self.bus = bus
        self.clock = clock
    }

    /// Reads the present problems.
    ///
    /// - Parameters:
    ///   - manifests: All manifests, if the caller has read them: then they say which sources failed or
    ///     were refused, also where no problem is stored because an older version wrote them.
    ///   - unreadable: What is wrong with the entries that the caller could not read.
    public func health(
        manifests: [Manifest]? = nil, unreadable: [String] = []
    ) async -> Health {
        var now = clock.now()
        do throws(Failure) {
            let state = StateClock(store)
            now = try await state.now(clock.now())
            let reader = StateReader(store)
            let active = try await reader.integrations().filter { $0.removedAt == nil }
            let damaged = Set(unreadable + reader.problems).sorted().map {
                Self.damaged($0, at: now)
            }
            guard !active.isEmpty else {
                return Health(damaged.isEmpty ? [Self.notConnected(now)] : damaged, at: now)
            }
            let book = try await ProblemBook(store).all()
            var found = stored(active, in: book) + damaged
            if let manifests { found = Self.sources(of: manifests, active, known: found, at: now) }
            do throws(Failure) {
                if let late = try await missedTick(active, at: now) { found.append(late) }
            } catch  where error.code == .unreadableState {
                let message = Self.damaged(error.message, at: now)
                if !found.contains(where: { $0.id == message.id }) { found.append(message) }
            }
            found += try await queue(knownFrom: book, at: now)
            return Health(found, at: now)
        } catch {
            return Health([Self.unreadable(error, at: now)], at: now)
        }
    }

    /// The stored problems of the integrations that are not removed.
    private func stored(
        _ active: [Integration], in book: [(key: StoreKey, problems: [Problem])]
    ) -> [Problem] {
        let ids = Set(active.map(\.id.description))
        // What the runner stored is read from the bus itself, which is newer.
        return book.filter { $0.key != .runnerProblems }
            .flatMap(\.problems).filter { $0.integration.map(ids.contains) ?? true }
    }

    /// The problems of the events on the bus; the runner knows since when.
    private func queue(
        knownFrom book: [(key: StoreKey, problems: [Problem])], at now: Timestamp
    ) async throws(Failure) -> [Problem] {
        let known = book.first { $0.key == .runnerProblems }
        return try await QueueProblems.found(on: bus, at: now).map { problem in
            var problem = problem
            let before = known?.problems.first { $0.id == problem.id }
            problem.since = before?.since ?? problem.since
            return problem
        }
    }

    /// Replaces the stored problems of sources by those that the manifests show.
    static func sources(
        of manifests: [Manifest], _ active: [Integration], known: [Problem], at now: Timestamp
    ) -> [Problem] {
        let isSource = { (problem: Problem) in [.source, .backend].contains(problem.kind) }
        let since = Dictionary(known.filter(isSource).map { ($0.id, $0.since) }) { $1 }
        let ids = Set(active.map(\.id))
        let shown = manifests.filter { ids.contains($0.integration) }
        let found = shown.grouped { "\($0.integration)/\($0.installation)" }
            .flatMap { _, manifests -> [Problem] in
                let days = manifests.sorted { $0.day < $1.day }
                return days.reduce(into: []) { problems, manifest in
                    problems = SourceProblems.updating(problems, by: manifest, at: now)
                }.map { problem in
                    var problem = problem
                    let read = days.filter { problem.days?.contains($0.day) ?? false }.map(\.readAt)
                    problem.since = since[problem.id] ?? read.min() ?? now
                    problem.seen = read.max() ?? now
                    return problem
                }
            }
        return known.filter { !isSource($0) } + found
    }

    private func missedTick(
        _ active: [Integration], at now: Timestamp
    ) async throws(Failure) -> Problem? {
        guard let entry = try await store.entry(for: .tickRun),
            let last = try? Stored.decode(LastTick.self, from: entry.value, at: StoreKey.tickRun)
        else { return nil }
        let due = last.at.advanced(by: LastTick.pauseMax)
        guard due < now else { return nil }
        var problem = Problem(
            .missedTick, "missed-tick",
            text: """
                the daily tick has not run for \(now.since(last.at).inWords ?? "a while"): the last \
                was at \(last.at), so nothing new is collected
                """,
            remedy: """
                Keep copilot-local run running, or schedule copilot-local tick once a day; the next \
                tick makes up for the missed ones
                """, at: now)
        problem.since = due
        return problem
    }

    private static func notConnected(_ now: Timestamp) -> Problem {
        Problem(
            .notConnected, "not-connected", text: "nobody has connected GitHub yet",
            remedy: "Start copilot-local run and open /authorize", at: now)
    }

    private static func damaged(_ message: String, at now: Timestamp) -> Problem {
        Problem(
            .state, "state/\(message)", text: message,
            remedy: "Run copilot-local doctor: it names the entry and what to do", at: now)
    }

    private static func unreadable(_ failure: Failure, at now: Timestamp) -> Problem {
        Problem(
            .state, "state", text: "the state cannot be read: \(failure.message)",
            remedy: "Check STATE_STORE and EVENT_BUS, then run copilot-local doctor", at: now)
    }
}
