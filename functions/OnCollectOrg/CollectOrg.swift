import CollectedDays
public import Domain
public import FunctionInterface
public import GitHub
public import Ports
import Problems
import Reports
import Toolbox

/// Collects one day of one organization, and reports the outcome of each source.
///
///     event ─▶ known? ─▶ token ─▶ reports, billing, members ─▶ samples ─▶ sink ─▶ manifest
///              store     GitHub   GitHub                        pure      backend  store
///
/// Sources succeed and fail independently. Everything before the manifest can be repeated without
/// harm, and the manifest is written with the result, if it is still the version that was read at the
/// start. So a run that dies half-way is run again.
public struct CollectOrg: Function {
    /// The name in deployments and logs.
    public static let name = FunctionName.onCollectOrg

    /// What a deployment configures.
    public struct Settings: Sendable {
        /// The labels that identify users.
        public var identity: UserIdentity
        /// The tags for an integration that is not in the store.
        public var tags: SampleTags
        /// The optional metrics to write.
        public var extras: Set<ExtraMetrics>
        /// Whether to write samples about each collection.
        public var isReportingItself: Bool

        /// Creates settings.
        public init(
            identity: UserIdentity, tags: SampleTags, extras: Set<ExtraMetrics> = [],
            isReportingItself: Bool = true
        ) {
            self.identity = identity
            self.tags = tags
            self.extras = extras
            self.isReportingItself = isReportingItself
        }
    }

    /// The number of days after which a report is expected not to change: the report of the 1st is
    /// final when it is read on the 4th.
    ///
    /// According to GitHub a day is typically final "within three full UTC days",
    /// <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/reconciling-usage-metrics>.
    public static let daysUntilFinal = 3

    /// How long a manifest is stored after its day.
    static let manifestLifetime: Duration = .seconds(400 * 86_400)

    let settings: Settings
    let github: GitHubClient
    let store: any KeyValueStore
    let sink: any MetricSink
    let pseudonyms: Pseudonyms
    let clock: any WallClock
    let snapshots: SnapshotStore

    /// Creates the function with the ports it uses.
    public init(
        settings: Settings, github: GitHubClient, store: any KeyValueStore, sink: any MetricSink,
        vault: any Vault, entropy: any Entropy, hashing: any Hashing, clock: any WallClock
    ) {
        self.settings = settings
        self.github = github
        self.store = store
        self.sink = sink
        self.clock = clock
        snapshots = SnapshotStore(store: store)
        pseudonyms = Pseudonyms(store: store, vault: vault, entropy: entropy, hashing: hashing)
    }

    /// Collects the day, unless it is final and complete, or again if the event says so.
    ///
    /// - Parameter event: The organization and day to collect.
    /// - Returns: The manifest and its state change, which conflicts if another run collected the day
    ///   meanwhile; for a final day, the stored manifest.
    /// - Throws: `malformedEvent` if the day is not over, `notFound` if the integration was removed,
    ///   or why there is no token for the organization.
    public func handle(_ event: CollectEvent) async throws(Failure) -> Handled<Manifest> {
        let now = clock.now()
        let today = Day(containing: now)
        guard event.day < today else {
            throw Failure(.malformedEvent, "day \(event.day) is not over; it is \(now)")
        }
        let tags = try await tags(of: event.integration)
        let key = StoreKey.manifest(event.integration, event.installation, event.day)
        let (previous, condition, damage) = try await self.previous(at: key)
        let ledger = DayLedger(
            store: store, integration: event.integration, installation: event.installation)
        if let previous, previous.final, !previous.isRefused, !event.again {
            return Handled(
                previous,
                changing: StateChanges([ledger.closing(previous, at: now)], in: store))
        }

        // The organization's name is part of every series. A day keeps the name of its first samples,
        // or the backend would have it twice.
        let sent = previous.flatMap { $0.hasSamples ? $0.organization : nil }
        let name = sent ?? event.organization
        let measures = RunMeasures(clock)
        let collector = DayCollector(
            event: event, name: name, tags: tags, today: today, previous: previous?.sources ?? [:],
            mode: settings.identity, extras: settings.extras, github: github, sink: sink,
            pseudonyms: pseudonyms, snapshots: snapshots, measures: measures)
        let reading: DayReading
        do throws(Failure) {
            reading = try await collector.collect()
        } catch {
            if error.code != .cancelled {
                // The failure is reported and logged by itself.
                _ = await write(CollectorReport(failing: event, at: now, tags: tags), about: event)
            }
            throw error
        }
        let sources = reading.sources.mapValues(\.result)
        let age = event.day.distance(to: today)
        let isOld = age >= Self.daysUntilFinal
        var manifest = Manifest(
            event: event, sources: sources,
            final: isOld && sources.values.allSatisfy(\.outcome.isSettled), readAt: now,
            reason: reading.reason, retryAfter: reading.retryAfter)
        manifest.organization = name
        manifest.addNext(age: age)
        var (days, ledgerDamage) = try await ledger.open(manifest, at: now)
        days[event.day] = manifest.final
        if !manifest.final || event.again {
            for (source, reading) in reading.sources {
                guard let snapshot = reading.snapshot, let digest = reading.result.digest
                else { continue }
                await snapshots.keep(snapshot, of: digest, event, source, at: now)
            }
        }
        let keeping = StateChange.put(
            Stored.encode(manifest, for: key), for: key, if: condition,
            until: Timestamp(endOf: event.day).advanced(by: Self.manifestLifetime))
        let result = manifest
        let book = ProblemBook(store)
        let place = StoreKey.problems(event.integration, event.installation)
        var problems = try await book.reconcile(place, at: now) {
            SourceProblems.updating($0, by: result, at: now)
        }
        let report = await CollectorReport(
            result, measures, days: days, problems: problems.problems, tags: tags)
        if let notice = await write(report, about: event) {
            problems = try await book.reconcile(place, at: now) {
                SourceProblems.updating($0, by: result, at: now) + [notice]
            }
        }
        let closing = result.final ? ledger.closing(result, at: now) : nil
        let changes = [keeping] + [closing, problems.state].compactMap(\.self)
        let replaced = [damage, ledgerDamage].compactMap(\.self).map { failure in
            Problem.replaced(failure, organization: name, at: now)
        }
        var notes = problems.notes
        notes += ProblemNotes(ProblemChanges(began: replaced))
        return Handled(result, changing: StateChanges(changes, in: store), problems: notes)
    }

    // A damaged manifest is replaced: reading the day again gives the same numbers, and leaving it would
    // block the day. One that a newer version of the program wrote stays.
    private func previous(
        at key: StoreKey
    ) async throws(Failure) -> (Manifest?, StoreCondition, damage: Failure?) {
        var condition = StoreCondition.always
        do throws(Failure) {
            let entry = try await store.entry(for: key)
            condition = StoreCondition(unchangedSince: entry)
            guard let entry else { return (nil, condition, nil) }
            return (try Stored.decode(Manifest.self, from: entry.value, at: key), condition, nil)
        } catch  where error.code == .unreadableState {
            return (nil, condition, error)
        }
    }

    // An event may name an integration that is not in the store, because one organization can be
    // collected without an authorization. For a removed integration nothing is collected.
    private func tags(of id: IntegrationID) async throws(Failure) -> SampleTags {
        let key = StoreKey.integration(id)
        guard let entry = try await store.entry(for: key) else { return settings.tags }
        let integration = try Stored.decode(Tagged.self, from: entry.value, at: key)
        guard integration.removedAt == nil else {
            throw Failure(
                .notFound, "integration \(id) was removed. Authorize again to collect for it.")
        }
        return integration.tags
    }
}

/// What a collection has to know of an ``Integration``, which lists up to 800 organizations.
private struct Tagged: Decodable {
    let tags: SampleTags
    let removedAt: Timestamp?
}

extension Manifest {
    /// Whether the backend may have samples of the day.
    fileprivate var hasSamples: Bool {
        sources.values.contains {
            $0.digest != nil || $0.samples > 0 || $0.unconfirmed == true
        }
    }
}
