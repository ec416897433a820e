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
/// The function updates the organizations listed in each ``Integration``, for people to read and for
/// ``TickSplit``. It reads, but never writes, what ``DayLedger`` stores about days.
public struct DailyTick: Function {
    /// The name of the function in deployments and logs.
    public static let name = FunctionName.onDailyTick

    /// The largest number of days that one tick considers.
    public static let dayCountMax = 366

    /// The most integrations that one tick reads, because it reads them all at once.
    public static let integrationCountMax = 8

    /// The time of a tick, and its restrictions, all of them optional.
    ///
    /// ```json
    /// {"time": "2026-11-22T06:00:00Z", "from": "2026-11-01", "to": "2026-11-03",
    ///  "organizations": ["acme"], "integrations": ["9-copilot"]}
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
        /// The integrations to consider; missing or empty for all.
        public var integrations: [IntegrationID]?
        /// Whether to read the days again although they are final, and to send them although they are the
        /// same; missing for no.
        ///
        /// It concerns the days of the range, or of the look-back.
        public var again: Bool?

        /// Creates an event.
        public init(
            time: Timestamp? = nil, from: Day? = nil, to: Day? = nil,
            organizations: [OrganizationLogin]? = nil, integrations: [IntegrationID]? = nil,
            again: Bool? = nil
        ) {
            self.time = time
            self.from = from
            self.to = to
            self.organizations = organizations
            self.integrations = integrations
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
    private let isSplitting: Bool

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
    ///   - isSplitting: Whether the events of a tick may be ticks, each for some of the integrations,
    ///     because whoever receives them gives each kind of event to its function.
    /// - Throws: `misconfigured` if the count is out of range.
    public init(
        store: any KeyValueStore, vault: any Vault, clock: any WallClock, github: GitHubClient,
        authorizeURL: String, selection: OrganizationSelection = .all, lookbackDayCount: Int = 3,
        isSplitting: Bool = false
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
        self.isSplitting = isSplitting
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
        let named = event.integrations.flatMap { $0.isEmpty ? nil : $0 }

        let integrations = try await connected(named)
        let isWhole = only == nil && named == nil
        let ran = isWhole && !window.isExplicit ? [Self.remembering(LastTick(at: clock.now()))] : []
        if isWhole, isSplitting {
            let groups = TickSplit.groups(of: integrations)
            if !groups.isEmpty {
                return Handled(
                    split(event, at: time, into: groups, of: integrations),
                    changing: StateChanges(ran, in: store))
            }
        }
        var plan = try await plan(integrations, only: only)
        if named == nil { plan.skipUnreached(of: only, or: selection) }
        let problems = try await note(&plan, only: only)
        plan.changes += ran
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
                time: time, integrations: named, events: newestFirst, skipped: plan.skipped,
                attention: plan.attention, retryAfter: plan.retryAfter),
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

    /// Finds the integrations to consider.
    ///
    /// - Throws: `malformedEvent` if one that the event names does not exist.
    private func connected(
        _ named: [IntegrationID]?
    ) async throws(Failure) -> [StoredIntegration] {
        let known = try await store.allKeys(prefix: StoreKey.integrationPrefix)
        if let stranger = named?.first(where: { !known.contains(.integration($0)) }) {
            throw Failure(
                .malformedEvent,
                """
                integrations names \(stranger), which does not exist. \
                copilot-local integrations lists those that do
                """)
        }
        let keys = named.map { Set($0.map(StoreKey.integration)).sorted() } ?? known
        let store = store
        return try await keys.concurrentMap(atMost: Self.readCountMax) { key throws(Failure) in
            await StoredIntegration(key, in: store)
        }.compactMap(\.self)
    }

    /// The ticks that take the place of one over all integrations.
    private func split(
        _ event: Event, at time: Timestamp, into groups: [[IntegrationID]],
        of integrations: [StoredIntegration]
    ) -> Output {
        let ticks = groups.map { group in
            CloudEvent.tick(
                at: time, from: event.from, to: event.to, integrations: group,
                again: event.again ?? false)
        }
        // None of the ticks knows what the others reach.
        let listed = integrations.flatMap { (try? $0.found.get().integration.organizations) ?? [] }
        let unlisted = selection.names.filter { name in
            !listed.contains { name.isSame(as: $0.organization) }
        }
        let skipped = unlisted.map { name in
            SkippedAccount(
                organization: name.description,
                reason: """
                    ORGANIZATIONS names it, but no integration reached it at the latest tick. If that \
                    does not change, install the App there, and have an owner connect it
                    """)
        }
        return Output(time: time, events: ticks, skipped: skipped, attention: [])
    }

    /// Decides which organizations to collect, and which integration collects each.
    private func plan(
        _ integrations: [StoredIntegration], only: [OrganizationLogin]?
    ) async throws(Failure) -> TickPlan {
        var plan = TickPlan()
        // Several at once, so that none waits for GitHub to respond about another.
        let reached = try await integrations.concurrentMap(atMost: Self.integrationCountMax) {
            stored throws(Failure) in await reach(of: stored, only: only)
        }
        for (stored, reach) in zip(integrations, reached) {
            do throws(Failure) {
                let (integration, entry) = try stored.found.get()
                let reach = plan.add(
                    try reach.get(), of: integration, authorizeURL: authorizeURL)
                plan.findings.append(TickFindings(integration, reach))
                if only == nil {
                    plan.changes += listing(reach, in: integration, entry, stored.key)
                }
            } catch {
                plan.addFailure(error, of: stored, authorizeURL: authorizeURL)
            }
        }
        try plan.checkSomethingWasRead()
        return plan
    }

    /// Asks GitHub what an integration reaches.
    private func reach(
        of stored: StoredIntegration, only: [OrganizationLogin]?
    ) async -> Result<Reach, Failure> {
        do throws(Failure) {
            let integration = try stored.found.get().integration
            let tokens = TokenKeeper(store: store, vault: vault, clock: clock, github: github)
            return .success(
                try await tokens.reach(of: integration.id, only: only, selection: selection) {
                    installation throws(Failure) in
                    try await wasConnected(installation, by: integration)
                })
        } catch {
            return .failure(error)
        }
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
    ) async throws(Failure) -> ProblemNotes {
        let (book, now, url) = (ProblemBook(store), clock.now(), authorizeURL)
        let assignments = plan.assignments
        var notes = ProblemNotes()
        for findings in plan.findings {
            let found = try await book.reconcile(.problems(findings.integration), at: now) {
                findings.problems(
                    known: $0, only: only, assignments, authorizeURL: url, at: now)
            }
            notes += found.notes
            if let state = found.state { plan.changes.append(state) }
            plan.addMissing(found.problems, of: findings.integration)
        }
        return notes
    }

    /// Updates an integration's list of organizations.
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
