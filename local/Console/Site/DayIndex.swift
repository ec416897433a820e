import Charts
import CollectedDays
public import Domain
import Ports
import Toolbox

/// An organization with a summary of each of its days.
public struct OrganizationDays: Sendable {
    /// The organization.
    public var organization: OrganizationLogin
    /// The integration that reaches it.
    public var integration: IntegrationID
    /// The App's installation on it.
    public var installation: InstallationID
    /// The time at which the installation was suspended, if it is.
    public var suspendedAt: Timestamp?
    /// The days that were read, oldest first.
    public var days: [DaySummary]

    /// Describes an organization.
    public init(
        organization: OrganizationLogin, integration: IntegrationID,
        installation: InstallationID, suspendedAt: Timestamp? = nil, days: [DaySummary] = []
    ) {
        self.organization = organization
        self.integration = integration
        self.installation = installation
        self.suspendedAt = suspendedAt
        self.days = days
    }
}

/// The days of all organizations, without reading thousands of manifests for each page.
///
/// What ``KnownDays`` says of each organization is enough for most days. Manifests are read of days
/// that need a person, and of those that the summary does not know. A final day rarely changes, so it
/// is kept; the overview reads the next ``refreshCount`` of those that are kept in turn.
actor DayIndex {
    /// An installation and what is known of its days.
    struct Place: Sendable {
        var integration: IntegrationID
        var installation: Installation
        /// nil if nothing was collected, or an old version did not keep a summary.
        var known: KnownDays?
        /// Days with a manifest that the summary does not know.
        var others: Set<Day>

        var newest: Day? { [known?.newest, others.max()].compactMap(\.self).max() }

        func key(_ day: Day) -> StoreKey { .manifest(integration, installation.id, day) }
    }

    /// How many final days the overview reads again.
    private static let refreshCount = 100
    /// How many entries are read at once: a database may be far away.
    private static let readCountMax = 8

    private let store: any KeyValueStore
    private var summaries: [StoreKey: DaySummary] = [:]
    /// What was decoded, by the version of its entry.
    private var known: [StoreKey: (version: StoreVersion, days: KnownDays)] = [:]
    /// The days with a manifest before the summary begins, and the day from which they were listed.
    private var others: [StoreKey: (first: Day, days: Set<Day>)] = [:]
    /// The names of installations that no integration lists, and the day whose manifest has it.
    private var names: [StoreKey: (day: Day, organization: OrganizationLogin)] = [:]
    /// The last key that was read again.
    private var cursor: StoreKey?

    init(_ store: any KeyValueStore) { self.store = store }

    /// All installations of integrations that are not removed.
    ///
    /// - Parameters:
    ///   - first: The oldest day that is of interest.
    ///   - only: The name of the only organization to return; nil for all.
    func places(
        of integrations: [Integration], since first: Day, only: String? = nil
    ) async throws(Failure) -> [Place] {
        var found: [Place] = []
        for integration in integrations where integration.removedAt == nil {
            let id = integration.id
            found += try await installations(of: integration, only: only)
                .concurrentMap(atMost: Self.readCountMax) { installation throws(Failure) in
                    try await self.place(installation, id, since: first)
                }
        }
        return found
    }

    private func place(
        _ installation: Installation, _ integration: IntegrationID, since first: Day
    ) async throws(Failure) -> Place {
        let known = try await known(.knownDays(integration, installation.id))
        return Place(
            integration: integration, installation: installation, known: known,
            others: try await others(integration, installation.id, known, since: first))
    }

    /// The organizations by name, numbers by their value, with the days of a period.
    ///
    /// Of days that wait for GitHub, only that is known; see ``readWaiting(_:)``.
    func organizations(
        at places: [Place], in days: ClosedRange<Day>
    ) async throws(Failure) -> [OrganizationDays] {
        var chosen: [String: Place] = [:]
        for place in places {
            let name = place.installation.organization.description.lowercased()
            // Two owners may have connected one organization; it is collected by one of them.
            if chosen[name] == nil || place.newest != nil { chosen[name] = place }
        }
        let sorted = chosen.values
            .map { (name: NaturalOrder("\($0.installation.organization)"), place: $0) }
            .sorted { $0.name < $1.name }.map(\.place)
        return try await sorted.concurrentMap(atMost: Self.readCountMax) { place throws(Failure) in
            OrganizationDays(
                organization: place.installation.organization, integration: place.integration,
                installation: place.installation.id,
                suspendedAt: place.installation.suspendedAt,
                days: try await self.summaries(of: place, in: days))
        }
    }

    /// An organization with all that its manifests say.
    func read(_ organization: OrganizationDays) async throws(Failure) -> OrganizationDays {
        try await read(organization) { _ in true }
    }

    /// Organizations with what the manifests of days say that wait for GitHub: for what.
    func readWaiting(
        _ organizations: [OrganizationDays]
    ) async throws(Failure) -> [OrganizationDays] {
        try await organizations.concurrentMap(atMost: Self.readCountMax) {
            organization throws(Failure) in
            try await self.read(organization) { $0.state == .open }
        }
    }

    private func read(
        _ organization: OrganizationDays, where isWanted: (DaySummary) -> Bool
    ) async throws(Failure) -> OrganizationDays {
        var item = organization
        item.days = []
        for day in organization.days {
            guard isWanted(day) else {
                item.days.append(day)
                continue
            }
            let key = StoreKey.manifest(item.integration, item.installation, day.day)
            if let summary = try await summary(key, day.day) { item.days.append(summary) }
        }
        return item
    }

    /// Reads one day of an organization as it is now.
    func manifest(
        _ organization: OrganizationDays, _ day: Day
    ) async throws(Failure) -> Manifest? {
        try await manifest(.manifest(organization.integration, organization.installation, day))
    }

    // MARK: Installations

    /// The installations of an integration, also those beyond the number that it lists.
    private func installations(
        of integration: Integration, only: String?
    ) async throws(Failure) -> [Installation] {
        let isWanted = { (installation: Installation) in
            only.map { installation.organization.description.lowercased() == $0.lowercased() }
                ?? true
        }
        let listed = integration.organizations
        let found = listed.filter(isWanted)
        guard listed.count >= Integration.listedCountMax, found.isEmpty || only == nil else {
            return found
        }
        return try await found + unlisted(integration).filter(isWanted)
    }

    /// The installations that have collected days, whose manifests have their names.
    private func unlisted(
        _ integration: Integration
    ) async throws(Failure) -> [Installation] {
        let listed = Set(integration.organizations.map(\.id))
        let prefix = StoreKey.knownDaysPrefix(integration.id)
        var found: [Installation] = []
        for key in try await store.allKeys(prefix: prefix) {
            guard
                let id = Int64(key.description.dropFirst(prefix.count)).map(InstallationID.init),
                !listed.contains(id), let newest = try await known(key)?.newest
            else { continue }
            if names[key]?.day != newest {
                names[key] = try await manifest(.manifest(integration.id, id, newest)).map {
                    (newest, $0.organization)
                }
            }
            guard let name = names[key]?.organization else { continue }
            found.append(
                Installation(id: id, organizationID: 0, organization: name, permissions: [:]))
        }
        return found
    }

    // MARK: Days

    private func known(_ key: StoreKey) async throws(Failure) -> KnownDays? {
        guard let entry = try await store.readableEntry(for: key) else {
            known[key] = nil
            return nil
        }
        if let before = known[key], before.version == entry.version { return before.days }
        // It is derived: if it cannot be read, the manifests say the same.
        let days = try? Stored.decode(KnownDays.self, from: entry.value, at: key)
        known[key] = days.map { (entry.version, $0) }
        return days
    }

    /// The days with a manifest before the summary begins; all, without a summary.
    ///
    /// Whoever writes a manifest notes its day in the summary, so these do not change: they are
    /// listed once.
    private func others(
        _ integration: IntegrationID, _ installation: InstallationID, _ known: KnownDays?,
        since first: Day
    ) async throws(Failure) -> Set<Day> {
        let key = StoreKey.knownDays(integration, installation)
        let end = known?.history?.since
        if let end {
            guard first < end else { return [] }
            if let before = others[key], before.first <= first {
                return before.days.filter { $0 < end }
            }
        }
        let prefix = StoreKey.manifestPrefix(integration, installation)
        var days: Set<Day> = []
        var after = StoreKey.manifest(integration, installation, first.advanced(by: -1))
        // Mostly there are none, which one key shows.
        var limit = end == nil ? StoreLimits.pageKeyCountMax : 1
        listing: while true {
            let page = try await store.keys(prefix: prefix, after: after, limit: limit)
            for key in page {
                guard let day = Day(String(key.description.dropFirst(prefix.count))) else {
                    continue
                }
                if let end, day >= end { break listing }
                days.insert(day)
            }
            guard page.count == limit, let last = page.last else { break }
            (after, limit) = (last, StoreLimits.pageKeyCountMax)
        }
        others[key] = end == nil ? nil : (first, days)
        return days
    }

    private func summaries(
        of place: Place, in days: ClosedRange<Day>
    ) async throws(Failure) -> [DaySummary] {
        let isFinal = place.known?.isFinal ?? [:]
        var found: [DaySummary] = []
        for day in place.others.filter(days.contains).sorted() {
            if let summary = try await summary(place.key(day), day) { found.append(summary) }
        }
        for (day, entry) in place.known?.history?.entries(in: days) ?? [] {
            switch entry {
            case .nothing: continue
            case .state(.complete):
                found.append(DaySummary(day, .good, isFinal: isFinal[day] ?? true))
            case .state(.waiting): found.append(DaySummary(day, .open, isFinal: false))
            case .state(.faulty), .unknown:
                if let summary = try await summary(place.key(day), day) { found.append(summary) }
            }
        }
        return found
    }

    // MARK: Manifests

    private func summary(_ key: StoreKey, _ day: Day) async throws(Failure) -> DaySummary? {
        if let summary = summaries[key], summary.isFinal { return summary }
        do throws(Failure) {
            return try await manifest(key).map(DaySummary.init)
        } catch  where error.concernsEntry {
            return DaySummary(unreadable: day, error.message)
        }
    }

    private func manifest(_ key: StoreKey) async throws(Failure) -> Manifest? {
        guard let entry = try await store.entry(for: key) else {
            summaries[key] = nil
            return nil
        }
        let manifest = try Stored.decode(Manifest.self, from: entry.value, at: key)
        summaries[key] = DaySummary(manifest)
        return manifest
    }

    /// Reads the next of the final days that are kept.
    func refresh() async throws(Failure) {
        guard !summaries.isEmpty else { return }
        let next = summaries.keys.filter { key in cursor.map { $0 < key } ?? true }
            .sorted().prefix(Self.refreshCount)
        cursor = next.count < Self.refreshCount ? nil : next.last
        for key in next {
            // A manifest that cannot be read any more is not kept, so its page says so.
            summaries[key] = nil
            do throws(Failure) { _ = try await manifest(key) } catch  where error.concernsEntry {}
        }
    }
}

/// A name in the order in which `acme-2` comes before `acme-10`.
struct NaturalOrder: Comparable {
    private let text: String
    private let parts: [String]

    /// Splits a name into words and numbers, once for all comparisons.
    init(_ text: String) {
        var parts: [String] = []
        for character in text.lowercased() {
            if let last = parts.last?.last, last.isNumber == character.isNumber {
                parts[parts.count - 1].append(character)
            } else {
                parts.append(String(character))
            }
        }
        (self.text, self.parts) = (text, parts)
    }

    static func < (one: NaturalOrder, other: NaturalOrder) -> Bool {
        for (x, y) in zip(one.parts, other.parts) where x != y {
            if let m = Int(x), let n = Int(y), m != n { return m < n }
            return x < y
        }
        let (count, otherCount) = (one.parts.count, other.parts.count)
        return count == otherCount ? one.text < other.text : count < otherCount
    }
}
