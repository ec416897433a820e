import Domain
import GitHub
import Ports
import Reports

/// Reads and sends the sources of one day of one organization, one after another.
struct DayCollector: Sendable {
    let event: CollectEvent
    /// The organization as the day's samples call it.
    let name: OrganizationLogin
    let tags: SampleTags
    let today: Day
    /// The results of the last run, if there was one.
    let previous: [Source: SourceResult]
    let mode: UserIdentity
    let extras: Set<ExtraMetrics>

    let github: GitHubClient
    let sink: any MetricSink
    let pseudonyms: Pseudonyms
    let snapshots: SnapshotStore
    let measures: RunMeasures

    /// Collects every source.
    ///
    /// - Throws: Why there is no installation token, if another try may help or if GitHub refused the
    ///   App itself.
    func collect() async throws(Failure) -> DayReading {
        let token: AccessToken
        do throws(Failure) {
            token = try await github.installationToken(event.installation).token
        } catch  where [.suspended, .notFound, .forbidden].contains(error.code) {
            let sources = Source.allCases.map {
                ($0, SourceReading(without($0, .failed, error.message)))
            }
            var day = DayReading(
                sources: Dictionary(uniqueKeysWithValues: sources), reason: error.message)
            if let known = knownMembers { day.sources[.members] = SourceReading(known) }
            return day
        }
        var day = DayReading()
        for source in Source.reports {
            day.sources[source] = await measures.measure(source) { await report(source, token) }
        }
        day.sources[.members] = members(readWith: day.sources[.users])
        day.sources[.billing] = await measures.measure(.billing) { await billing(token) }
        return day
    }

    func scope(_ source: Source) -> SampleScope {
        SampleScope(organization: name, day: event.day, source: source, tags: tags)
    }

    /// The reading of a source that was sent.
    ///
    /// - Parameters:
    ///   - result: The result so far, with the digest of what was sent.
    ///   - delivery: The backend's answer.
    ///   - snapshot: What was sent.
    func sent(
        _ source: Source, _ result: SourceResult, _ delivery: Delivery, _ snapshot: SeriesSnapshot
    ) async -> SourceReading {
        var result = result
        result.samples = delivery.accepted
        var notes = result.notes ?? []
        if let digest = previous[source]?.digest, digest == result.digest {
            notes.insert(SourceResult.sentAgainNote, at: 0)
        } else if let digest = previous[source]?.digest {
            result.outcome = .restated
            result.changes = await snapshots.read(event, source, of: digest)
                .map { snapshot.changes(since: $0) }.map(SourceResult.Changes.init)
            notes.insert(SourceResult.restatementNote(result.changes), at: 0)
        }
        result.notes = notes.isEmpty ? nil : notes
        if delivery.rejected > 0 {
            result.outcome = .rejected
            result.digest = nil
            result.reason =
                "the backend refused \(delivery.rejected) \(delivery.rejected == 1 ? "sample" : "samples"): "
                + delivery.reasons.joined(separator: "; ")
        }
        return SourceReading(result, snapshot: snapshot)
    }

    /// Whether a source is to be left as it is, because the backend has what it says.
    func isUnchanged(_ source: Source, _ digest: String) -> Bool {
        digest == previous[source]?.digest && !event.again
    }

    /// The result of a source that is as it was.
    func unchanged(_ source: Source) -> SourceResult {
        var result = previous[source] ?? SourceResult(.unchanged)
        result.outcome = .unchanged
        result.reason = nil
        // The changes of a restatement were reported when it was sent.
        result.notes?.removeAll {
            [SourceResult.restatementNote(result.changes), SourceResult.sentAgainNote].contains($0)
        }
        if result.notes?.isEmpty == true { result.notes = nil }
        result.changes = nil
        return result
    }

    /// The result of a source of which nothing was sent, and of which the backend keeps what it has.
    func without(_ source: Source, _ outcome: Outcome, _ reason: String) -> SourceResult {
        var result = SourceResult(
            outcome, samples: previous[source]?.samples ?? 0, reason: reason,
            digest: previous[source]?.digest)
        result.unconfirmed = previous[source]?.unconfirmed
        return result
    }

    /// The reading of a source that failed.
    ///
    /// - Parameter isPartlySent: Whether the backend may have some of its samples. Then the next run
    ///   sends the source again, even if it is the same.
    func failed(
        _ source: Source, _ failure: Failure, isPartlySent: Bool = false
    ) -> SourceReading {
        let outcome: Outcome =
            switch failure.code {
            case .forbidden: .noPermission
            case .policyOff: .policyOff
            case .notReady: .notReady
            case .notFound where source == .billing: .notBilledHere
            default: .failed
            }
        var result = without(source, outcome, failure.message)
        if isPartlySent {
            result.digest = nil
            result.unconfirmed = true
        }
        return SourceReading(result, failure: failure)
    }
}

/// What a run found out about a day.
struct DayReading {
    var sources: [Source: SourceReading] = [:]
    /// Why the organization as a whole could not be read.
    var reason: String?

    /// The delay after which another try may help, if a source failed temporarily.
    var retryAfter: Duration? { sources.values.compactMap(\.retryAfter).max() }
}

/// What a run found out about one source.
struct SourceReading {
    var result: SourceResult
    /// What was sent.
    var snapshot: SeriesSnapshot?
    /// Of users: what is known of the organization's members.
    var members = MemberReading.notAsked
    /// The delay after which another try may help.
    private(set) var retryAfter: Duration?

    init(_ result: SourceResult, snapshot: SeriesSnapshot? = nil, failure: Failure? = nil) {
        self.result = result
        self.snapshot = snapshot
        if case .after(let delay) = failure?.retry { retryAfter = delay }
    }
}
