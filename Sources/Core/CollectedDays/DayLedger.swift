public import Ports
import Toolbox
public import Domain

/// Reads and keeps what is known of the days of installations; the manifests are what is true.
public struct DayLedger: Sendable {
    /// As long as a manifest may still be there.
    private static let lifetime: Duration = .seconds(400 * 86_400)

    private let store: any KeyValueStore
    private let integration: IntegrationID
    private let installation: InstallationID

    /// Creates a ledger of one installation.
    public init(
        store: any KeyValueStore, integration: IntegrationID, installation: InstallationID
    ) {
        self.store = store
        self.integration = integration
        self.installation = installation
    }

    private var key: StoreKey { .knownDays(integration, installation) }

    /// Reads whether each day that has a manifest is final.
    ///
    /// - Parameter window: The days to look at; others may be in the answer.
    /// - Returns: The days, from the summary if it reaches as far, and else from the manifests.
    /// - Throws: What the store throws.
    public func days(in window: ClosedRange<Day>) async throws(Failure) -> [Day: Bool] {
        let entry = try await store.entry(for: key)
        if let known = known(entry?.value), known.since <= window.lowerBound {
            return known.isFinal
        }
        return try await manifests(in: window)
    }

    /// Reads from the manifests whether each day that has one is closed.
    ///
    /// Only those in the window are read; there is one more each day, and a year of them would be
    /// read for nothing.
    ///
    /// - Parameters:
    ///   - window: The days to look at.
    ///   - isClosed: What counts as closed; a final day unless told otherwise.
    /// - Returns: The days; of one whose manifest cannot be read, that it is not closed.
    /// - Throws: What the store throws.
    public func manifests(
        in window: ClosedRange<Day>, isClosed: (Manifest) -> Bool = \.final
    ) async throws(Failure) -> [Day: Bool] {
        let prefix = StoreKey.manifestPrefix(integration, installation)
        // Days sort as their keys do, and a window is smaller than a page.
        let keys = try await store.keys(
            prefix: prefix,
            after: .manifest(integration, installation, window.lowerBound.advanced(by: -1)),
            limit: StoreLimits.pageKeyCountMax)
        var known: [Day: Bool] = [:]
        for key in keys {
            guard let day = Day(String(key.description.dropFirst(prefix.count))),
                window.contains(day), let answer = try await look(at: day, isClosed)
            else { continue }
            known[day] = answer
        }
        return known
    }

    /// Takes down that a day is open, before its first manifest is written.
    ///
    /// - Parameters:
    ///   - day: The day.
    ///   - now: The present, which says what is too old.
    /// - Throws: What the store throws.
    public func open(_ day: Day, at now: Timestamp) async throws(Failure) {
        let entry = try await store.entry(for: key)
        let base: KnownDays
        if let known = known(entry?.value) {
            guard known.isFinal[day] != false else { return }
            base = known
        } else {
            base = try await summarized(Day(containing: now))
        }
        try await store.keep(noting(day, isFinal: false, at: now, base: base))
    }

    /// Takes down that a day is final, after its manifest or together with it.
    ///
    /// - Parameters:
    ///   - day: The day.
    ///   - now: The present, which says what is too old.
    /// - Returns: The change to make. Where there is no summary it makes none: then a tick asks the
    ///   manifests.
    public func closing(_ day: Day, at now: Timestamp) -> StateChange {
        noting(day, isFinal: true, at: now, base: nil)
    }

    private func noting(
        _ day: Day, isFinal: Bool, at now: Timestamp, base: KnownDays?
    ) -> StateChange {
        .update(key, until: now.advanced(by: Self.lifetime)) { value in
            let known = known(value)
            guard var after = known ?? base else { return nil }
            after.note(day, isFinal: isFinal, today: Day(containing: now))
            return after.isFinal == known?.isFinal ? nil : JSON.encode(after)
        }
    }

    // The summary; nil if there is none that can be read.
    private func known(_ value: [UInt8]?) -> KnownDays? {
        value.flatMap { try? JSON.decode(KnownDays.self, from: $0, at: key) }
    }

    // Whether a day is closed; nil if it has no manifest.
    private func look(
        at day: Day, _ isClosed: (Manifest) -> Bool
    ) async throws(Failure) -> Bool? {
        let key = StoreKey.manifest(integration, installation, day)
        guard let entry = try await store.entry(for: key) else { return nil }
        // One that cannot be read says nothing, so its day is collected again.
        return (try? JSON.decode(Manifest.self, from: entry.value, at: key)).map(isClosed) ?? false
    }

    // An installation that was collected before there was a summary has manifests. They are asked
    // for one by one, once: a collector may read entries, and need not be allowed to list them.
    private func summarized(_ today: Day) async throws(Failure) -> KnownDays {
        var known = KnownDays(today: today)
        for day in known.since..<today {
            guard let isFinal = try await look(at: day, \.final) else { continue }
            known.note(day, isFinal: isFinal, today: today)
        }
        return known
    }
}
