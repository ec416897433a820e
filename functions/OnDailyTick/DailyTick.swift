import Toolbox
public import FunctionInterface
import CollectedDays
import Authorization
public import Domain
public import GitHub
public import Ports

/// Finds what is to be collected: one event for each organization and day that is not final.
///
///     event ─▶ integrations ─▶ tokens ─▶ organizations ─▶ days without final manifest ─▶ output
///              store           store,    GitHub           store
///                              GitHub
///
/// It looks at what is missing, not at what happened: a late report, a failure, an outage or a new
/// installation heals at the next tick. It acts on its event's time, so a late or repeated tick
/// gives the same events with the same ids; the clock is only asked whether a token still works.
/// The events are in the output, newest day first; the host publishes them.
public struct DailyTick: Function {
    /// The name that deployments use.
    public static let name = FunctionName.onDailyTick

    /// The most days that one tick looks at.
    public static let dayCountMax = 366

    /// When the tick is, and what it is restricted to.
    public struct Event: Codable, Hashable, Sendable {
        /// The moment that the tick stands for; the present if missing.
        public var time: Timestamp?
        /// The first day to look at.
        ///
        /// A range replaces the look-back: each of its days that is not final is read again,
        /// however old.
        public var from: Day?
        /// The last day to look at.
        public var to: Day?
        /// The organizations to look at; missing or empty for all.
        public var organizations: [OrganizationLogin]?

        /// Creates an event.
        public init(
            time: Timestamp? = nil, from: Day? = nil, to: Day? = nil,
            organizations: [OrganizationLogin]? = nil
        ) {
            self.time = time
            self.from = from
            self.to = to
            self.organizations = organizations
        }
    }

    // How many organizations' days are read at once, so that a store far away is not waited for
    // ten thousand times in turn.
    private static let readCountMax = 8

    private let store: any KeyValueStore
    private let vault: any Vault
    private let clock: any WallClock
    private let github: GitHubClient
    private let authorizeURL: String
    private let lookbackDayCount: Int

    /// Creates the function on the ports it uses.
    ///
    /// - Parameters:
    ///   - store: Where integrations, their tokens and the manifests are kept.
    ///   - vault: Opens the tokens, and seals new ones.
    ///   - clock: Says whether a token still works, and the time of an event without one.
    ///   - github: Knows what an authorization reaches.
    ///   - authorizeURL: Where a person authorizes again.
    ///   - lookbackDayCount: The value of `LOOKBACK_DAYS`, 1 to ``dayCountMax``.
    /// - Throws: `misconfigured` if the count is out of range.
    public init(
        store: any KeyValueStore, vault: any Vault, clock: any WallClock, github: GitHubClient,
        authorizeURL: String, lookbackDayCount: Int = 3
    ) throws(Failure) {
        guard 1...Self.dayCountMax ~= lookbackDayCount else {
            throw Failure(
                .misconfigured, "LOOKBACK_DAYS must be from 1 to \(Self.dayCountMax)")
        }
        self.store = store
        self.vault = vault
        self.clock = clock
        self.github = github
        self.authorizeURL = authorizeURL
        self.lookbackDayCount = lookbackDayCount
    }

    /// Finds what is to be collected.
    ///
    /// One integration whose authorization does not work any more, or that GitHub says nothing
    /// about at the moment, is reported and does not stop the others.
    ///
    /// - Parameter event: When, and what to look at.
    /// - Returns: The events, and who was left out; to be kept is what the integrations reach, for
    ///   people to read.
    /// - Throws: `malformedEvent`, naming the field, if the days make no sense; what the store
    ///   throws; or, if not one integration could be read, why.
    public func handle(_ event: Event) async throws(Failure) -> Handled<Output> {
        let time = event.time ?? clock.now()
        let window = try Window(event, tick: Day(containing: time), lookback: lookbackDayCount)
        let only = event.organizations.flatMap { $0.isEmpty ? nil : $0 }

        let plan = try await plan(only: only)
        var found: [(day: Day, event: CloudEvent)] = []
        let known = try await plan.units.concurrentMap(atMost: Self.readCountMax) {
            unit throws(Failure) in try await days(of: unit, in: window)
        }
        for (unit, known) in zip(plan.units, known) {
            let days = window.missing(knowing: known)
            found += days.map { ($0, unit.event(of: $0, at: time)) }
        }
        // Whatever is interrupted, the day that people look at first comes first. The sort is
        // stable, so within a day the order is the plan's.
        let newestFirst = found.sorted { $0.day > $1.day }.map(\.event)
        return Handled(
            Output(
                time: time, events: newestFirst, skipped: plan.skipped, attention: plan.attention,
                retryAfter: plan.retryAfter),
            changing: StateChanges(plan.changes, in: store))
    }

    // Who asks for days by name has a reason to, so the manifests themselves are asked, and what was
    // refused is asked for again.
    private func days(of unit: Plan.Unit, in window: Window) async throws(Failure) -> [Day: Bool] {
        let ledger = DayLedger(
            store: store, integration: unit.integration, installation: unit.installation.id)
        return window.isExplicit
            ? try await ledger.manifests(in: window.seen) { $0.final && !$0.isRefused }
            : try await ledger.days(in: window.seen)
    }

    /// Decides which organizations to collect, and through whom.
    private func plan(only: [OrganizationLogin]?) async throws(Failure) -> Plan {
        var plan = Plan()
        let tokens = TokenKeeper(store: store, vault: vault, clock: clock, github: github)
        for key in try await store.allKeys(prefix: StoreKey.integrationPrefix) {
            guard let entry = try await store.entry(for: key) else { continue }
            do {
                let integration = try JSON.decode(Integration.self, from: entry.value, at: key)
                guard integration.removedAt == nil else { continue }
                let reach = try await tokens.reach(of: integration.id, only: only)
                plan.take(reach, of: integration.id)
                if only == nil { plan.changes += listing(reach, in: integration, entry, key) }
            } catch {
                plan.take(error, ofIntegrationAt: key, authorizeAt: authorizeURL)
            }
        }
        try plan.check()
        if let only { plan.name(unreached: only) }
        return plan
    }

    /// What was found, for people to read; nothing here depends on it.
    private func listing(
        _ reach: Reach, in integration: Integration, _ entry: StoreEntry, _ key: StoreKey
    ) -> [StateChange] {
        var found = integration
        found.list(reach.organizations + reach.suspended)
        guard found != integration else { return [] }
        let value = JSON.encode(found)
        // Who authorized again or removed it meanwhile has the newer truth.
        return [.update(key, until: nil) { $0 == entry.value ? value : nil }]
    }
}
