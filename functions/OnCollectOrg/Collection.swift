import Domain
import GitHub
import Ports
import Reports

/// One run over the sources of one day.
struct Collection: Sendable {
    let function: CollectOrg
    let event: CollectEvent
    let today: Day
    let tags: SampleTags
    let previous: [Source: SourceResult]

    private var github: GitHubClient { function.github }

    /// Reads and sends every source.
    ///
    /// - Returns: What became of each, and why all of them failed if the organization as a whole
    ///   could not be asked.
    /// - Throws: What the installation's token fails with when asking again may help, or when it is
    ///   the App itself that is refused.
    func run() async throws(Failure) -> Collected {
        let token: Secret
        do throws(Failure) {
            token = try await github.installationToken(event.installation).token
        } catch  where [.suspended, .notFound, .forbidden].contains(error.code) {
            let results = Source.allCases.map { ($0, without($0, .failed, error.message)) }
            return Collected(
                sources: Dictionary(uniqueKeysWithValues: results), reason: error.message)
        }
        var collected = Collected()
        var members = MemberReading.notAsked
        for source in Source.reports {
            await collect(source, into: &collected) { () async throws(Failure) in
                try await report(source, token, &members)
            }
        }
        collected.sources[.members] = result(of: members, users: collected.sources[.users])
        if case .failed(let failure) = members { collected.mayPass(failure) }
        await collect(.billing, into: &collected) { () async throws(Failure) in
            try await billing(token)
        }
        return collected
    }

    func scope(_ source: Source) -> SampleScope {
        SampleScope(organization: event.organization, day: event.day, source: source, tags: tags)
    }

    /// Says what a delivery means for a source that has something new.
    func delivered(
        _ source: Source, _ delivery: Delivery, digest: String, records: Int? = nil,
        shards: Int? = nil, notes: [String] = []
    ) -> SourceResult {
        var result = SourceResult(
            previous[source]?.digest == nil ? .written : .restated, samples: delivery.accepted,
            records: records, shards: shards, digest: digest,
            notes: notes.isEmpty ? nil : notes)
        if delivery.rejected > 0 {
            result.outcome = .rejected
            result.digest = nil
            result.reason =
                "the backend refused \(delivery.rejected) samples: "
                + delivery.reasons.joined(separator: "; ")
        }
        return result
    }

    /// A source that says what it said before.
    func unchanged(_ source: Source) -> SourceResult {
        var result = previous[source] ?? SourceResult(.unchanged)
        result.outcome = .unchanged
        result.reason = nil
        return result
    }

    /// A source that gave nothing this time; what the backend has of it stays known.
    func without(_ source: Source, _ outcome: Outcome, _ reason: String) -> SourceResult {
        SourceResult(
            outcome, samples: previous[source]?.samples ?? 0, reason: reason,
            digest: previous[source]?.digest)
    }

    private func collect(
        _ source: Source, into collected: inout Collected,
        _ body: () async throws(Failure) -> SourceResult
    ) async {
        do throws(Failure) {
            collected.sources[source] = try await body()
        } catch {
            let outcome: Outcome =
                switch error.code {
                case .forbidden: .noPermission
                case .policyOff: .policyOff
                case .notReady: .notReady
                case .notFound where source == .billing: .notBilledHere
                default: .failed
                }
            collected.sources[source] = without(source, outcome, error.message)
            collected.mayPass(error)
        }
    }
}

/// What became of a day's sources.
struct Collected {
    var sources: [Source: SourceResult] = [:]
    /// Why the organization as a whole could not be read.
    var reason: String?
    /// After how long another try may help, when a source failed with what may pass.
    private(set) var retryAfter: Duration?

    /// Notes a failure that another try may cure.
    mutating func mayPass(_ failure: Failure) {
        guard case .after(let delay) = failure.retry else { return }
        retryAfter = max(retryAfter ?? .zero, delay)
    }
}
