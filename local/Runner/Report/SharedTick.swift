public import Domain
import FunctionInterface
public import Ports
import Synchronization
import Toolbox
public import Worker

/// A tick whose events other processes may take, such as a `run` on the same bus.
///
/// A person who asks for days wants to know how all of them came out. So this process waits for what
/// others have taken, and reads its results from the store.
public final class SharedTick: Sendable {
    /// The event of the tick.
    public let event: CloudEvent

    private let from: Day?
    private let to: Day?
    private let organizations: [OrganizationLogin]
    private let began: Timestamp
    private let progress: Mutex<Progress>

    /// What this process knows of the tick.
    private struct Progress {
        /// The ids of the tick and of the ticks that it was split into.
        var ticks: Set<String>
        /// Those of them that this process has run.
        var run: Set<String> = []
        /// What they asked for, by the id of the event.
        var requests: [String: CollectEvent] = [:]

        /// What the tick asked for; nil as long as this process has not run all of it.
        var requested: [String: CollectEvent]? { run == ticks ? requests : nil }
    }

    /// Creates a tick.
    ///
    /// - Parameters:
    ///   - time: The moment the tick stands for.
    ///   - from: The first day to check; nil for the look-back.
    ///   - to: The last day to check; nil for the day before the tick.
    ///   - organizations: The organizations to check; empty for all.
    ///   - again: Whether to read the days again although they are final.
    ///   - now: The present.
    public init(
        at time: Timestamp, from: Day? = nil, to: Day? = nil,
        organizations: [OrganizationLogin] = [], again: Bool = false, now: Timestamp
    ) {
        event = .tick(at: time, from: from, to: to, organizations: organizations, again: again)
        (self.from, self.to, self.organizations, began) = (from, to, organizations, now)
        progress = Mutex(Progress(ticks: [event.id]))
    }

    /// Remembers what this process's run of the tick asked for.
    public func note(_ followUps: [CloudEvent], of tick: CloudEvent) {
        let requests = followUps.compactMap { event in Self.request(event).map { (event.id, $0) } }
        progress.withLock { progress in
            guard progress.ticks.contains(tick.id) else { return }
            progress.run.insert(tick.id)
            progress.ticks.formUnion(followUps.filter { $0.type == .tick }.map(\.id))
            progress.requests.merge(requests) { $1 }
        }
    }

    /// Publishes the tick, and makes due what waits for another try.
    ///
    /// Whoever fires a tick has perhaps just removed the cause of a failure. Only a wait that GitHub
    /// asked for lasts.
    public func publish(on bus: any EventBus) async throws(Failure) {
        let waiting = try await bus.queued().filter { queued in
            queued.due != nil && !Self.isRateLimited(queued) && queued.reason != nil
                && Self.request(queued.event).map(isWanted) ?? false
        }
        if !waiting.isEmpty { try await bus.redrive(Set(waiting.map(\.event.id))) }
        try await bus.publish([event])
    }

    /// The events that will come out soon: those that are leased to another process, and those that
    /// met another event for the same day and are tried again.
    ///
    /// - Parameters:
    ///   - queued: The events on the bus.
    ///   - now: The present.
    ///   - lease: The length of a lease.
    public func soon(
        _ queued: [QueuedEvent], at now: Timestamp, lease: Duration
    ) -> [QueuedEvent] {
        queued.filter { queued in
            guard let due = queued.due, queued.attempts > 0 else { return false }
            let isConflict = queued.reason?.hasPrefix(Failure.Code.conflict.rawValue) ?? false
            let wait = isConflict && isMine(queued.event) ? RetrySchedule.delays[0] : lease
            return due <= now.advanced(by: wait)
        }
    }

    /// Reports on everything that the tick led to, whoever did it.
    ///
    /// What nobody has begun, because this process was stopped, is not part of it.
    ///
    /// - Parameters:
    ///   - entries: The attempts of this process, in order.
    ///   - queued: The events that are still on the bus.
    ///   - store: Holds the results of other processes.
    ///   - journal: The attempts of all processes of this machine, in order.
    /// - Throws: `unreadableState` naming the key, or what the store throws.
    public func report(
        of entries: [JournalEntry], queued: [QueuedEvent], store: any KeyValueStore,
        journal: [JournalEntry]
    ) async throws(Failure) -> TickReport {
        let own = Set(entries.map(\.event))
        let progress = progress.withLock { $0 }
        // Another process may have run the tick itself: then its journal has the summary.
        let elsewhere = progress.ticks.subtracting(own).sorted()
        let theirs = elsewhere.compactMap { id in journal.last { $0.event == id } }
        var report = TickReport(entries + theirs)
        if theirs.count < elsewhere.count {
            report.attention.append(
                Notice(
                    reason: """
                        another process ran this tick: its log says which organizations it skipped
                        """))
        }
        let waiting = Dictionary(
            queued.map { ($0.event.id, $0) }, uniquingKeysWith: { first, _ in first })
        let reader = StateReader(store)
        guard let requested = progress.requested else {
            let known = Set(entries.compactMap(\.manifest).map(Unit.init))
            let found = try await reader.manifests().filter {
                $0.readAt >= began && isWanted(CollectEvent($0)) && !known.contains(Unit($0))
            }
            report.addTaken(found, of: found.count + known.count)
            for queued in queued
            where queued.attempts > 0 && !own.contains(queued.event.id) && isMine(queued.event) {
                report.addWaiting(queued)
            }
            return report
        }
        var found: [Manifest] = []
        var takenCount = 0
        for (id, request) in requested.sorted(by: { $0.key < $1.key }) where !own.contains(id) {
            let manifest = try await reader.manifest(of: request)
            let isNew = manifest.map { $0.readAt >= began } ?? false
            if let queued = waiting[id] {
                if queued.attempts > 0 { report.addWaiting(queued) }
            } else {
                takenCount += 1
                if manifest == nil { report.addMissing(request) }
            }
            if let manifest, isNew || waiting[id] == nil { found.append(manifest) }
        }
        report.addTaken(found, of: requested.count, count: takenCount)
        return report
    }

    /// One day of one installation.
    private struct Unit: Hashable {
        let installation: InstallationID
        let integration: IntegrationID
        let day: Day

        init(_ manifest: Manifest) {
            (installation, integration, day) = (
                manifest.installation, manifest.integration, manifest.day
            )
        }
    }

    private func isMine(_ other: CloudEvent) -> Bool {
        let progress = progress.withLock { $0 }
        return progress.ticks.contains(other.id)
            || progress.requested?.keys.contains(other.id)
                ?? Self.request(other).map(isWanted) ?? false
    }

    private func isWanted(_ request: CollectEvent) -> Bool {
        (organizations.isEmpty || organizations.contains(where: request.organization.isSame))
            && from.map { $0 <= request.day } ?? true && to.map { request.day <= $0 } ?? true
    }

    private static func isRateLimited(_ queued: QueuedEvent) -> Bool {
        queued.reason?.hasPrefix(Failure.Code.rateLimited.rawValue) ?? false
    }

    private static func request(_ event: CloudEvent) -> CollectEvent? {
        event.type == .collect ? try? event.data.decode(CollectEvent.self) : nil
    }
}

extension CollectEvent {
    fileprivate init(_ manifest: Manifest) {
        self.init(
            integration: manifest.integration, installation: manifest.installation,
            organization: manifest.organization, day: manifest.day)
    }
}
