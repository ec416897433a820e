import Domain
import GitHub
import Ports
import Reports

/// One run over the sources of one day.
struct Collection: Sendable {
    let function: CollectOrg
    let event: CollectEvent
    /// What the day's samples call the organization.
    let name: OrganizationLogin
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
        for source in Source.reports {
            await collect(source, into: &collected) { collected async throws(Failure) in
                try await report(source, token, &collected)
            }
        }
        collected.sources[.members] = membersResult(collected)
        if case .failed(let failure) = collected.members { collected.mayPass(failure) }
        await collect(.billing, into: &collected) { collected async throws(Failure) in
            try await billing(token, &collected)
        }
        return collected
    }

    func scope(_ source: Source) -> SampleScope {
        SampleScope(organization: name, day: event.day, source: source, tags: tags)
    }

    /// Sends a source that has something new.
    func write(
        _ source: Source, _ collected: inout Collected,
        _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        collected.begun.insert(source)
        return try await function.sink.withWriter(for: scope(source), body)
    }

    /// Says what a delivery means for a source that has something new.
    func deliver(
        _ result: inout SourceResult, _ source: Source, _ delivery: Delivery,
        _ imprint: SeriesSnapshot, _ collected: inout Collected
    ) async {
        result.samples = delivery.accepted
        var notes = result.notes ?? []
        if let digest = previous[source]?.digest {
            result.outcome = .restated
            result.changes = await function.imprints.read(event, source, of: digest)
                .map { Self.changes(imprint, since: $0) }
            notes.insert(Self.note(result.changes), at: 0)
        }
        result.notes = notes.isEmpty ? nil : notes
        if delivery.rejected > 0 {
            result.outcome = .rejected
            result.digest = nil
            result.reason =
                "the backend refused \(delivery.rejected) samples: "
                + delivery.reasons.joined(separator: "; ")
        }
        if let digest = result.digest { collected.imprints[source] = (imprint, digest) }
    }

    /// A source that says what it said before.
    func unchanged(_ source: Source) -> SourceResult {
        var result = previous[source] ?? SourceResult(.unchanged)
        result.outcome = .unchanged
        result.reason = nil
        // What a restatement changed was said when it was.
        result.notes?.removeAll { $0 == Self.note(result.changes) }
        if result.notes?.isEmpty == true { result.notes = nil }
        result.changes = nil
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
        _ body: (inout Collected) async throws(Failure) -> SourceResult
    ) async {
        do throws(Failure) {
            let result = try await body(&collected)
            collected.sources[source] = result
        } catch {
            let outcome: Outcome =
                switch error.code {
                case .forbidden: .noPermission
                case .policyOff: .policyOff
                case .notReady: .notReady
                case .notFound where source == .billing: .notBilledHere
                default: .failed
                }
            var result = without(source, outcome, error.message)
            // Part of something new may be there already: whatever the source says next time, it
            // is sent again.
            if collected.begun.contains(source) { result.digest = nil }
            collected.sources[source] = result
            collected.mayPass(error)
        }
    }
}

/// What became of a day's sources.
struct Collected {
    var sources: [Source: SourceResult] = [:]
    /// Why the organization as a whole could not be read.
    var reason: String?
    /// What is known of the members.
    var members = MemberReading.notAsked
    /// What each source that was sent said of its series, and the digest of that.
    var imprints: [Source: (imprint: SeriesSnapshot, digest: String)] = [:]
    /// The sources of which something was begun to be sent.
    var begun: Set<Source> = []
    /// After how long another try may help, when a source failed with what may pass.
    private(set) var retryAfter: Duration?

    /// Notes a failure that another try may cure.
    mutating func mayPass(_ failure: Failure) {
        guard case .after(let delay) = failure.retry else { return }
        retryAfter = max(retryAfter ?? .zero, delay)
    }
}
