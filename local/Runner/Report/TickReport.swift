public import Domain
public import FunctionInterface
import Ports
public import Worker

/// What came of one tick and everything that followed from it.
public struct TickReport: Codable, Hashable, Sendable {
    /// What is known of each organization and day that was read.
    public var manifests: [Manifest]
    /// Organizations that were not read, each with its reason, and days that failed altogether.
    public var skipped: [Notice]
    /// What a person should look at.
    public var attention: [Notice]
    /// What another process took of the tick's events; nil if this one handled all of them.
    public var taken: Taken?
    /// Whether something failed altogether: a fact of the run, not of its JSON.
    private var failedCount = 0

    private enum CodingKeys: CodingKey { case manifests, skipped, attention, taken }

    /// The events of a tick that another process took.
    public struct Taken: Codable, Hashable, Sendable {
        /// How many it took.
        public var events: Int
        /// How many the tick asked for.
        public var of: Int

        /// Creates a count.
        public init(events: Int, of: Int) { (self.events, self.of) = (events, of) }
    }

    /// Draws the sum of what was tried.
    ///
    /// - Parameter entries: The attempts, in order; of one day the last counts.
    public init(_ entries: [JournalEntry]) {
        manifests = []
        skipped = []
        attention = []
        var last: [String: JournalEntry] = [:]
        for entry in entries { last[entry.event] = entry }
        for entry in last.values.sorted(by: { $0.event < $1.event }) { add(entry) }
        sort()
    }

    /// Adds the results of events that another process took.
    ///
    /// - Parameters:
    ///   - total: How many events the tick asked for.
    ///   - count: How many the other process took, by default one for each result.
    mutating func addTaken(_ found: [Manifest], of total: Int, count: Int? = nil) {
        let count = count ?? found.count
        if count > 0 { taken = Taken(events: count, of: total) }
        manifests += found
        sort()
    }

    /// Adds an event that waits for another try or is a dead letter, for a reason of another attempt.
    mutating func addWaiting(_ queued: QueuedEvent) {
        let reason = queued.reason ?? "it is leased to another process"
        addFailure(queued.event.type.function, queued.event.subject, reason, retryAt: queued.due)
    }

    /// Adds a day that another process handled without a result.
    mutating func addMissing(_ request: CollectEvent) {
        failedCount += 1
        skipped.append(
            Notice(
                organization: request.organization.description, day: request.day.description,
                reason: "another process took this day and left no result: run the tick again"))
    }

    private mutating func sort() {
        manifests.sort {
            ($0.organization.description, $0.day) < ($1.organization.description, $1.day)
        }
    }

    /// Judges whether an organization, a day or a source failed or was refused.
    ///
    /// - Parameter wanted: Organizations that should have been read: to skip one is a fault, while
    ///   to skip what belongs to others is not.
    /// - Returns: Whether a person should hear of it through the exit status.
    public func isFault(wanted: Set<String> = []) -> Bool {
        let skippedNames = skipped.compactMap(\.organization)
        // What concerns an integration as a whole hides organizations that nobody can name.
        return failedCount > 0 || manifests.contains(where: \.isFault)
            || !wanted.isDisjoint(with: skippedNames)
            || attention.contains { $0.integration != nil && $0.organization == nil }
    }

    private mutating func add(_ entry: JournalEntry) {
        switch entry.result {
        case .day(let manifest)?: manifests.append(manifest)
        case .tick(let summary)?:
            skipped += summary.skipped
            attention += summary.attention
        case .page?: break
        // A result that another version wrote is not a failure.
        case nil where entry.failure == nil: break
        case nil: addFailure(entry)
        }
    }

    private mutating func addFailure(_ entry: JournalEntry) {
        let code = entry.failure?.code.rawValue ?? "failed"
        addFailure(
            entry.function, entry.subject, "\(code): \(entry.failure?.message ?? "it failed")",
            retryAt: entry.retryAt)
    }

    private mutating func addFailure(
        _ function: FunctionName, _ subject: String?, _ reason: String, retryAt: Timestamp?
    ) {
        failedCount += 1
        let next =
            retryAt.map { "; it will be retried at \($0)" } ?? "; it is a dead letter now"
        let reason = reason + next
        // The subject of a collect event is `organization/day`.
        let subject = (subject ?? "").split(separator: "/").map(String.init)
        guard function == .onCollectOrg, subject.count == 2 else {
            return attention.append(Notice(reason: reason))
        }
        skipped.append(Notice(organization: subject[0], day: subject[1], reason: reason))
    }
}
