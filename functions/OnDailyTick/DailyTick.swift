import Authorization
import CollectedDays
public import Domain
public import FunctionInterface
public import GitHub
public import Ports
import Problems
import Toolbox

/// Finds the days to collect, and returns one event for each organization and day that is not final.
///
///     event ─▶ integrations ─▶ tokens ─▶ organizations ─▶ days without final manifest ─▶ output
///              store           store,    GitHub           store
///                              GitHub
///
/// It looks at what is missing, not at what happened, so the next tick makes up for a late report, a
/// failure, an outage or a new installation. It goes by the time of its event, so a late or repeated
/// tick returns the same events with the same IDs; the clock only decides whether a token has
/// expired. The events are in the output, newest day first, and the host publishes them.
///
/// The function updates the organizations listed in each ``Integration``, for people to read. It
/// reads, but never writes, what ``DayLedger`` stores about days.
public struct DailyTick: Function {
    /// The name of the function in deployments and logs.
    public static let name = FunctionName.onDailyTick

    /// The largest number of days that one tick considers.
    public static let dayCountMax = 366

    /// The time of a tick, and its restrictions, all of them optional.
    ///
    /// ```json
    /// {"time": "2026-11-22T06:00:00Z", "from": "2026-11-01", "to": "2026-11-03",
    ///  "organizations": ["acme"]}
    /// ```
    public struct Event: Codable, Hashable, Sendable {
        /// The time of the tick; the present if missing.
        public var time: Timestamp?
        /// The first day to consider.
        ///
        /// A range replaces the look-back. Each of its days that is not final is read again, however
        /// old it is.
        public var from: Day?
        /// The last day to consider.
        public var to: Day?
        /// The organizations to consider; missing or empty for all.
        public var organizations: [OrganizationLogin]?
        /// Whether to read the days again although they are final, and to send them although they are the
        /// same; missing for no.
        ///
        /// It concerns the days of the range, or of the look-back.
        public var again: Bool?

        /// Creates an event.
        public init(
            time: Timestamp? = nil, from: Day? = nil, to: Day? = nil,
            organizations: [OrganizationLogin]? = nil, again: Bool? = nil
        ) {
            self.time = time
            self.from = from
            self.to = to
            self.organizations = organizations
            self.again = again
        }
    }

    // The number of concurrent reads, because ten thousand sequential reads of a remote store would
    // take too long.
    private static let readCountMax = 8

    private let store: any KeyValueStore
    private let vault: any Vault
    private let clock: any WallClock
    private let github: GitHubClient
    private let authorizeURL: String
    private let selection: OrganizationSelection
    private let lookbackDayCount: Int

    /// Creates the function on the ports it uses.
    ///
    /// - Parameters:
    ///   - store: Holds integrations, tokens, and the state of days.
    ///   - vault: Opens and seals the tokens.
    ///   - clock: Decides whether a token has expired, and provides the time of an event without one.
    ///   - github: Finds the organizations that an authorization reaches.
    ///   - authorizeURL: The URL at which a person authorizes again.
    ///   - selection: The organizations that the settings choose.
    ///   - lookbackDayCount: The value of `LOOKBACK_DAYS`, 1 to ``dayCountMax``.
    /// - Throws: `misconfigured` if the count is out of range.
    public init(
        store: any KeyValueStore, vault: any Vault, clock: any WallClock, github: GitHubClient,
        authorizeURL: String, selection: OrganizationSelection = .all, lookbackDayCount: Int = 3
    ) throws(Failure) {
        guard 1...Self.dayCountMax ~= lookbackDayCount else {
            throw Failure(
                .misconfigured,
                "LOOKBACK_DAYS is out of range. Set it to a number from 1 to \(Self.dayCountMax)")
        }
        self.store = store
        self.vault = vault
        self.clock = clock
        self.github = github
        self.authorizeURL = authorizeURL
        self.selection = selection
        self.lookbackDayCount = lookbackDayCount
    }

    /// Finds the days to collect.
    ///
    /// An integration whose authorization has ended, or about which GitHub cannot be asked at the
    /// moment, is reported in ``Output/attention`` and does not stop the others.
    ///
    /// - Returns: The events and the skipped organizations, together with changes to the stored
    ///   lists of organizations.
    /// - Throws: `malformedEvent`, naming the field, if the days are not valid; what the store
    ///   throws; or the reason if no integration at all could be read.
    public func handle(_ event: Event) async throws(Failure) -> Handled<Output> {
        let time = event.time ?? clock.now()
        let window = try Window(event, tick: Day(containing: time), lookback: lookbackDayCount)
        let only = event.organizations.flatMap { $0.isEmpty ? nil : $0 }

        var plan = try await plan(only: only)
        let problems = try await note(&plan, only: only)
        if only == nil, !window.isExplicit {
            plan.changes.append(Self.remembering(LastTick(at: clock.now())))
        }
        var found: [(day: Day, event: CloudEvent)] = []
        let known = try await plan.assignments.concurrentMap(atMost: Self.readCountMax) {
            assignment throws(Failure) in try await days(of: assignment, in: window)
        }
        for (assignment, known) in zip(plan.assignments, known) {
            found += window.openDays(known: known).map { day in
                let isAgain = window.isAgain && window.wanted.contains(day)
                return (day, assignment.event(of: day, at: time, isAgain: isAgain))
            }
        }
        // The newest day comes first, because people look at it first, even if collecting is
        // interrupted. The sort is stable, so within a day the plan's order remains.
        let newestFirst = found.sorted { $0.day > $1.day }.map(\.event)
        return Handled(
            Output(
                time: time, events: newestFirst, skipped: plan.skipped, attention: plan.attention,
                retryAfter: plan.retryAfter),
            changing: StateChanges(plan.changes, in: store), problems: problems)
    }

    private static func remembering(_ run: LastTick) -> StateChange {
        let (key, value) = (StoreKey.tickRun, Stored.encode(run, for: .tickRun))
        return .update(key, until: nil) { Stored.isNewer($0, at: key) ? nil : value }
    }

    /// Reads which days have a manifest, and whether each of them is final.
    private func days(
        of assignment: TickPlan.Assignment, in window: Window
    ) async throws(Failure) -> [Day: Bool] {
        let ledger = DayLedger(
            store: store, integration: assignment.integration,
            installation: assignment.installation.id)
        // A person who names days has a reason. So the manifests themselves decide, not their
        // summary, and days that GitHub refused are collected again.
        return window.isExplicit
            ? try await ledger.manifests(in: window.considered) { $0.final && !$0.isRefused }
            : try await ledger.days(in: window.considered)
    }

    /// Decides which organizations to collect, and which integration collects each.
    private func plan(only: [OrganizationLogin]?) async throws(Failure) -> TickPlan {
        var plan = TickPlan()
        let tokens = TokenKeeper(store: store, vault: vault, clock: clock, github: github)
        for key in try await store.allKeys(prefix: StoreKey.integrationPrefix) {
            do {
                guard let entry = try await store.entry(for: key) else { continue }
                let integration = try Stored.decode(Integration.self, from: entry.value, at: key)
                guard integration.removedAt == nil else { continue }
                let found = try await tokens.reach(
                    of: integration.id, only: only, selection: selection
                ) {
                    installation throws(Failure) in
                    try await wasConnected(installation, by: integration)
                }
                let reach = plan.add(found, of: integration, authorizeURL: authorizeURL)
                plan.findings.append(TickFindings(integration, reach))
                if only == nil { plan.changes += listing(reach, in: integration, entry, key) }
            } catch {
                plan.addFailure(error, ofIntegrationAt: key, authorizeURL: authorizeURL)
            }
        }
        try plan.checkSomethingWasRead()
        plan.skipUnreached(of: only, or: selection)
        return plan
    }

    /// Whether an organization was connected before, so that it is kept while GitHub does not say who
    /// owns it.
    ///
    /// The list is bounded, so a collected day counts as well.
    private func wasConnected(
        _ installation: Installation, by integration: Integration
    ) async throws(Failure) -> Bool {
        if integration.organizations.contains(where: {
            $0.id == installation.id && $0.suspendedAt == nil
        }) {
            return true
        }
        let days = StoreKey.knownDays(integration.id, installation.id)
        return try await store.readableEntry(for: days) != nil
    }

    /// Keeps the problems of each integration until they are resolved.
    ///
    /// - Returns: The problems that began, last and ended.
    private func note(
        _ plan: inout TickPlan, only: [OrganizationLogin]?
    ) async throws(Failure) -> ProblemChanges {
        let (book, now, url) = (ProblemBook(store), clock.now(), authorizeURL)
        let assignments = plan.assignments
        var changes = ProblemChanges()
        for findings in plan.findings {
            let found = try await book.reconcile(.problems(findings.integration), at: now) {
                findings.problems(
                    known: $0, only: only, assignments, authorizeURL: url, at: now)
            }
            changes += found.changes
            if let state = found.state { plan.changes.append(state) }
            plan.addMissing(found.problems, of: findings.integration)
        }
        return changes
    }

    /// Updates an integration's list of organizations, which exists for people to read only.
    private func listing(
        _ reach: Reach, in integration: Integration, _ entry: StoreEntry, _ key: StoreKey
    ) -> [StateChange] {
        var found = integration
        found.list(reach.organizations + reach.suspended)
        guard found != integration else { return [] }
        let value = Stored.encode(found, for: key)
        // If somebody has authorized again or removed the integration since, the newer value stays.
        return [.update(key, until: nil) { $0 == entry.value ? value : nil }]
    }
}
