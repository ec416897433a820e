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

/// The summaries of all manifests, so that a page does not read thousands of them again.
///
/// A final day rarely changes. Each page reads all days that are not final, and the next
/// ``refreshCount`` of the others in turn.
actor DayIndex {
    /// How many final days each page reads again.
    private static let refreshCount = 100

    private let store: any KeyValueStore
    private var summaries: [StoreKey: DaySummary] = [:]
    /// The last key that was read again.
    private var cursor: StoreKey?

    init(_ store: any KeyValueStore) { self.store = store }

    /// All organizations of integrations that are not removed, by name, numbers by their value.
    ///
    /// - Parameters:
    ///   - first: The oldest day to return.
    ///   - only: The only organization to return; nil for all.
    func organizations(
        of integrations: [Integration], since first: Day, only: String? = nil
    ) async throws(Failure) -> [OrganizationDays] {
        var found: [String: (item: OrganizationDays, keys: [StoreKey])] = [:]
        for integration in integrations where integration.removedAt == nil {
            for installation in try await installations(of: integration) {
                let name = installation.organization.description.lowercased()
                if let only, only.lowercased() != name { continue }
                let keys = try await keys(integration.id, installation.id, since: first)
                // Two owners may have connected one organization; it is collected by one of them.
                guard !keys.isEmpty || found[name] == nil else { continue }
                let item = OrganizationDays(
                    organization: installation.organization, integration: integration.id,
                    installation: installation.id, suspendedAt: installation.suspendedAt)
                found[name] = (item, keys)
            }
        }
        try await refresh(found.values.flatMap(\.keys))
        return found.values.map { item, keys in
            var item = item
            item.days = keys.compactMap { summaries[$0] }
            return item
        }.sorted {
            NaturalOrder.isLess($0.organization.description, $1.organization.description)
        }
    }

    /// The installations of an integration, also those beyond the number that it lists.
    private func installations(
        of integration: Integration
    ) async throws(Failure) -> [Installation] {
        let listed = integration.organizations
        guard listed.count >= Integration.listedCountMax else { return listed }
        var known = Set(listed.map(\.id))
        var found = listed
        // Those have collected days, whose manifests have their names.
        let prefix = "\(StoreKey.manifestPrefix)\(integration.id)/"
        for key in try await store.allKeys(prefix: prefix) {
            let number = key.description.dropFirst(prefix.count).prefix { $0 != "/" }
            guard let id = Int64(number).map(InstallationID.init), known.insert(id).inserted,
                let entry = try await store.entry(for: key)
            else { continue }
            let manifest = try Stored.decode(Manifest.self, from: entry.value, at: key)
            found.append(
                Installation(
                    id: id, organizationID: 0, organization: manifest.organization,
                    permissions: [:]))
        }
        return found
    }

    /// Reads one day of an organization as it is now.
    func manifest(
        _ organization: OrganizationDays, _ day: Day
    ) async throws(Failure) -> Manifest? {
        let key = StoreKey.manifest(organization.integration, organization.installation, day)
        guard let entry = try await store.entry(for: key) else { return nil }
        let manifest = try Stored.decode(Manifest.self, from: entry.value, at: key)
        summaries[key] = DaySummary(manifest)
        return manifest
    }

    private func keys(
        _ integration: IntegrationID, _ installation: InstallationID, since first: Day
    ) async throws(Failure) -> [StoreKey] {
        let prefix = StoreKey.manifestPrefix(integration, installation)
        var keys: [StoreKey] = []
        var after = StoreKey.manifest(integration, installation, first.advanced(by: -1))
        while true {
            let page = try await store.keys(
                prefix: prefix, after: after, limit: StoreLimits.pageKeyCountMax)
            keys += page
            guard page.count == StoreLimits.pageKeyCountMax, let last = page.last else {
                return keys
            }
            after = last
        }
    }

    private func refresh(_ keys: [StoreKey]) async throws(Failure) {
        let open = keys.filter { summaries[$0]?.isFinal != true }
        let final = keys.filter { summaries[$0]?.isFinal == true }.sorted()
        let next = final.filter { key in cursor.map { $0 < key } ?? true }
            .prefix(Self.refreshCount)
        cursor = next.count < Self.refreshCount ? nil : next.last
        for key in open + next {
            guard let entry = try await store.entry(for: key) else {
                summaries[key] = nil
                continue
            }
            summaries[key] = DaySummary(
                try Stored.decode(Manifest.self, from: entry.value, at: key))
        }
    }
}

/// The order of names in which `acme-2` comes before `acme-10`.
enum NaturalOrder {
    static func isLess(_ one: String, _ other: String) -> Bool {
        let (a, b) = (parts(one), parts(other))
        for (x, y) in zip(a, b) where x != y {
            if let m = Int(x), let n = Int(y), m != n { return m < n }
            return x < y
        }
        return a.count == b.count ? one < other : a.count < b.count
    }

    private static func parts(_ text: String) -> [String] {
        var parts: [String] = []
        for character in text.lowercased() {
            if let last = parts.last?.last, last.isNumber == character.isNumber {
                parts[parts.count - 1].append(character)
            } else {
                parts.append(String(character))
            }
        }
        return parts
    }
}
