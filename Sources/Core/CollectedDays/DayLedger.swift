public import Domain
public import Ports
import Toolbox

/// The collected days of an installation: which have a manifest, and which of them are final.
///
/// The manifests are authoritative. ``KnownDays`` summarizes them, so that a tick reads one entry per
/// installation instead of one per day.
public struct DayLedger: Sendable {
    // As long as manifests live.
    private static let lifetime: Duration = .seconds(400 * 86_400)

    private let store: any KeyValueStore
    private let integration: IntegrationID
    private let installation: InstallationID

    /// Creates a ledger for one installation.
    public init(
        store: any KeyValueStore, integration: IntegrationID, installation: InstallationID
    ) {
        self.store = store
        self.integration = integration
        self.installation = installation
    }

    private var key: StoreKey { .knownDays(integration, installation) }

    /// Returns the days that have a manifest, and whether each is final.
    ///
    /// The result comes from the summary if it covers the window, and otherwise from the manifests.
    ///
    /// - Parameter window: The days to include. The result may contain others.
    public func days(in window: ClosedRange<Day>) async throws(Failure) -> [Day: Bool] {
        if let known = try await known(), known.since <= window.lowerBound {
            return known.isFinal
        }
        return try await manifests(in: window)
    }

    /// Returns the days that have a manifest, and whether each is closed, from the manifests alone.
    ///
    /// Only manifests in the window are read.
    ///
    /// - Parameter isClosed: Decides whether a day is closed; by default if it is final.
    /// - Returns: The days. One whose manifest cannot be read is not closed.
    public func manifests(
        in window: ClosedRange<Day>, isClosed: (Manifest) -> Bool = \.final
    ) async throws(Failure) -> [Day: Bool] {
        let prefix = StoreKey.manifestPrefix(integration, installation)
        // Keys sort by day, and a window is smaller than a page.
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

    /// Marks a day as open, before its manifest is written.
    ///
    /// - Parameter manifest: The manifest to be written. If it is final, ``closing(_:at:)`` follows.
    /// - Returns: The latest days that have been collected, this one included, and whether each is
    ///   final; and why the summary had to be written anew, if it had.
    /// - Throws: `newerFormat` if a newer version of the program wrote the summary.
    @discardableResult
    public func open(
        _ manifest: Manifest, at now: Timestamp
    ) async throws(Failure) -> (days: [Day: Bool], damage: Failure?) {
        let base: KnownDays
        var damage: Failure?
        do throws(Failure) {
            let known = try await store.entry(for: key).map { entry throws(Failure) in
                try Stored.decode(KnownDays.self, from: entry.value, at: key)
            }
            if let known, known.notes(manifest) { return (known.isFinal, nil) }
            base = if let known { known } else { try await summarized(Day(containing: now)) }
        } catch  where error.code == .unreadableState {
            damage = error
            base = try await summarized(Day(containing: now))
        }
        try await store.keep(noting(manifest, isFinal: false, at: now, base: base))
        return (base.isFinal.merging([manifest.day: false]) { $1 }, damage)
    }

    /// Returns the change that marks the day of a final manifest as final.
    ///
    /// Apply it with the day's manifest or after it.
    ///
    /// If there is no summary, the change has no effect: the next tick reads the manifests.
    public func closing(_ manifest: Manifest, at now: Timestamp) -> StateChange {
        noting(manifest, isFinal: true, at: now, base: nil)
    }

    private func noting(
        _ manifest: Manifest, isFinal: Bool, at now: Timestamp, base: KnownDays?
    ) -> StateChange {
        let (day, state) = (manifest.day, manifest.state)
        return .update(key, until: now.advanced(by: Self.lifetime)) { value in
            let known = known(value)
            guard !Stored.isNewer(value, at: key), var after = known ?? base else { return nil }
            after.note(day, isFinal: isFinal, state: state, today: Day(containing: now))
            return after == known ? nil : Stored.encode(after, for: key)
        }
    }

    // Reads the summary; nil if there is none or it is damaged: the manifests say the same.
    private func known() async throws(Failure) -> KnownDays? {
        known(try await store.readableEntry(for: key)?.value)
    }

    // Decodes the summary; nil if there is none or it cannot be read.
    private func known(_ value: [UInt8]?) -> KnownDays? {
        value.flatMap { try? Stored.decode(KnownDays.self, from: $0, at: key) }
    }

    // Returns whether a day is closed; nil if it has no manifest.
    private func look(
        at day: Day, _ isClosed: (Manifest) -> Bool
    ) async throws(Failure) -> Bool? {
        switch try await manifest(of: day) {
        case .none: nil
        // If the manifest cannot be read, the day is collected again.
        case .damaged: false
        case .readable(let manifest): isClosed(manifest)
        }
    }

    private enum Found {
        case none
        case damaged
        case readable(Manifest)
    }

    private func manifest(of day: Day) async throws(Failure) -> Found {
        let key = StoreKey.manifest(integration, installation, day)
        do throws(Failure) {
            guard let entry = try await store.entry(for: key) else { return .none }
            let manifest = try? Stored.decode(Manifest.self, from: entry.value, at: key)
            return manifest.map(Found.readable) ?? .damaged
        } catch  where error.code == .unreadableState {
            return .damaged
        }
    }

    // An installation may have manifests without a summary. They are read one by one, once, because a
    // collector may lack the permission to list keys.
    private func summarized(_ today: Day) async throws(Failure) -> KnownDays {
        var known = KnownDays(today: today)
        for day in known.since..<today {
            switch try await manifest(of: day) {
            case .none: continue
            case .damaged: known.note(day, isFinal: false, state: nil, today: today)
            case .readable(let manifest):
                known.note(
                    day, isFinal: manifest.final, state: manifest.state, today: today)
            }
        }
        return known
    }
}

extension KnownDays {
    /// Whether nothing has to be written before a manifest is; a final one is noted with it.
    fileprivate func notes(_ manifest: Manifest) -> Bool {
        isFinal[manifest.day] == false
            && (manifest.final || history?[manifest.day] == .state(manifest.state))
    }
}
