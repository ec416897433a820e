import Toolbox
public import FunctionInterface
import CollectedDays
public import Domain
public import GitHub
public import Ports
import Reports

/// Collects one day of one organization and says what became of it.
///
///     event ─▶ known? ─▶ token ─▶ reports, billing, members ─▶ samples ─▶ sink ─▶ manifest
///              store     GitHub   GitHub                        pure      backend  store
///
/// Each source has an outcome of its own. Everything before the manifest is harmless when repeated,
/// and the manifest goes with the result, against the version that was read at the start; so a run
/// that dies half-way is simply run again.
public struct CollectOrg: Function {
    /// The name in deployments and logs.
    public static let name = FunctionName.onCollectOrg

    /// How a deployment wants its samples.
    public struct Settings: Sendable {
        /// How much the samples say about who a user is.
        public var identity: UserIdentity
        /// The tags of an integration that this store does not know.
        public var tags: SampleTags

        /// Creates settings.
        public init(identity: UserIdentity, tags: SampleTags) {
            self.identity = identity
            self.tags = tags
        }
    }

    /// From how many days later on a day is taken to change no more: the report of the 1st is final
    /// when it is read on the 4th.
    ///
    /// GitHub says that a day is typically final "within three full UTC days",
    /// <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/reconciling-usage-metrics>.
    public static let daysUntilFinal = 3

    /// How long a manifest is kept after its day.
    static let manifestLifetime: Duration = .seconds(400 * 86_400)

    let settings: Settings
    let github: GitHubClient
    let store: any KeyValueStore
    let sink: any MetricSink
    let pseudonyms: Pseudonyms
    let clock: any WallClock
    let imprints: SeriesSnapshots

    /// Creates the function on the ports it uses; it uses no others.
    public init(
        settings: Settings, github: GitHubClient, store: any KeyValueStore, sink: any MetricSink,
        vault: any Vault, entropy: any Entropy, hashing: any Hashing, clock: any WallClock
    ) {
        self.settings = settings
        self.github = github
        self.store = store
        self.sink = sink
        self.clock = clock
        imprints = SeriesSnapshots(store: store)
        pseudonyms = Pseudonyms(store: store, vault: vault, entropy: entropy, hashing: hashing)
    }

    /// Collects the day unless it is closed and whole.
    ///
    /// - Parameter event: Whose day.
    /// - Returns: The manifest, which is to be kept; one of a closed day as it was kept. Keeping it
    ///   conflicts if the day was collected by somebody else meanwhile.
    /// - Throws: `malformedEvent` if the day is not over, `notFound` if the integration was removed,
    ///   or why nothing of the organization could be asked for.
    public func handle(_ event: CollectEvent) async throws(Failure) -> Handled<Manifest> {
        let now = clock.now()
        let today = Day(containing: now)
        guard event.day < today else {
            throw Failure(.malformedEvent, "day \(event.day) is not over; it is \(now)")
        }
        let tags = try await tags(of: event.integration)
        let key = StoreKey.manifest(event.integration, event.installation, event.day)
        let entry = try await store.entry(for: key)
        let previous = try entry.map { entry throws(Failure) in
            try JSON.decode(Manifest.self, from: entry.value, at: key)
        }
        let ledger = DayLedger(
            store: store, integration: event.integration, installation: event.installation)
        let closing = ledger.closing(event.day, at: now)
        if let previous, previous.final, !previous.isRefused {
            return Handled(previous, changing: StateChanges([closing], in: store))
        }

        // A renaming changes every series. A day keeps the name that its first samples have, or the
        // backend would hold it twice.
        let sent = previous.flatMap { $0.hasSamples ? $0.organization : nil }
        let name = sent ?? event.organization
        let collected = try await Collection(
            function: self, event: event, name: name, today: today, tags: tags,
            previous: previous?.sources ?? [:]
        ).run()
        let age = event.day.distance(to: today)
        let isOld = age >= Self.daysUntilFinal
        var manifest = Manifest(
            event: event, sources: collected.sources,
            final: isOld && collected.sources.values.allSatisfy(\.outcome.isSettled), readAt: now,
            reason: collected.reason, retryAfter: collected.retryAfter)
        manifest.organization = name
        manifest.sayWhatIsNext(age: age)
        if !manifest.final {
            for (source, sent) in collected.imprints {
                await imprints.keep(sent.imprint, of: sent.digest, event, source, at: now)
            }
        }
        try await ledger.open(event.day, at: now)
        let keeping = StateChange.put(
            JSON.encode(manifest), for: key, if: StoreCondition(unchangedSince: entry),
            until: Timestamp(endOf: event.day).advanced(by: Self.manifestLifetime))
        return Handled(
            manifest,
            changing: StateChanges(manifest.final ? [keeping, closing] : [keeping], in: store))
    }

    // An event may name an integration that this store does not know: one organization can be
    // collected without an authorization. One that was removed is not collected any more.
    private func tags(of id: IntegrationID) async throws(Failure) -> SampleTags {
        let key = StoreKey.integration(id)
        guard let entry = try await store.entry(for: key) else { return settings.tags }
        let integration = try JSON.decode(Integration.self, from: entry.value, at: key)
        guard integration.removedAt == nil else {
            throw Failure(
                .notFound, "the integration \(id) was removed; authorize again to collect for it")
        }
        return integration.tags
    }
}

extension Manifest {
    /// Whether the backend may have anything of the day.
    fileprivate var hasSamples: Bool {
        sources.values.contains { $0.digest != nil || $0.samples > 0 }
    }
}
