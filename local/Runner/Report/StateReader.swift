import Toolbox
public import Domain
public import Ports

/// Reads what is kept in a store, for people.
public struct StateReader: Sendable {
    private let store: any KeyValueStore

    /// Creates a reader of `store`.
    public init(_ store: any KeyValueStore) { self.store = store }

    /// Every integration, removed ones too, by id.
    ///
    /// - Throws: `unreadableState` naming the key, or what the store throws.
    public func integrations() async throws(Failure) -> [Integration] {
        try await values(under: StoreKey.integrationPrefix)
    }

    /// Every manifest.
    ///
    /// - Throws: `unreadableState` naming the key, or what the store throws.
    public func manifests() async throws(Failure) -> [Manifest] {
        try await values(under: StoreKey.manifestPrefix)
    }

    /// What is collected of each organization of each integration that is not removed.
    ///
    /// - Parameter newest: The newest day that should be there.
    /// - Returns: A line for each organization, in order.
    /// - Throws: `unreadableState` naming the key, or what the store throws.
    public func coverage(through newest: Day) async throws(Failure) -> [Coverage] {
        let manifests = try await manifests()
        return try await integrations().filter { $0.removedAt == nil }.flatMap { integration in
            integration.organizations.map { installation in
                Coverage(
                    of: installation, in: integration,
                    manifests.filter {
                        $0.integration == integration.id && $0.installation == installation.id
                    }, through: newest)
            }
        }.sorted { $0.organization.description < $1.organization.description }
    }

    /// The organizations whose installation is suspended, by login.
    ///
    /// - Throws: `unreadableState` naming the key, or what the store throws.
    public func suspended() async throws(Failure) -> Set<String> {
        let active = try await integrations().filter { $0.removedAt == nil }
        return Set(
            active.flatMap(\.organizations).filter { $0.suspendedAt != nil }
                .map(\.organization.description))
    }

    private func values<Value: Decodable>(under prefix: String) async throws(Failure) -> [Value] {
        var values: [Value] = []
        for key in try await store.allKeys(prefix: prefix) {
            // It may have been removed since it was listed.
            guard let entry = try await store.entry(for: key) else { continue }
            values.append(try JSON.decode(Value.self, from: entry.value, at: key))
        }
        return values
    }
}

/// What is collected of one organization and what is missing.
public struct Coverage: Codable, Hashable, Sendable {
    /// The organization.
    public var organization: OrganizationLogin
    /// Whose authorization reaches it.
    public var integration: IntegrationID
    /// The App's installation on it.
    public var installation: InstallationID
    /// Since when the installation is suspended, if it is.
    public var suspendedAt: Timestamp?
    /// How many days are known.
    public var days: Int
    /// How many of them are closed.
    public var finalDays: Int
    /// The oldest day that is known.
    public var first: Day?
    /// The newest day that is known.
    public var last: Day?
    /// Days since the first one of which nothing is known.
    public var missing: [Day]
    /// Days that were begun, are not closed, and are too old for a tick to look at by itself.
    public var givenUp: [Day]
    /// The samples that the backend has.
    public var samples: Int
    /// What became of each source on the newest day that is known.
    public var sources: [Source: SourceResult]
    /// Why the organization as a whole could not be read on the newest day.
    public var reason: String?

    init(
        of installation: Installation, in integration: Integration, _ manifests: [Manifest],
        through newest: Day
    ) {
        organization = installation.organization
        self.integration = integration.id
        self.installation = installation.id
        suspendedAt = installation.suspendedAt
        let known = manifests.sorted { $0.day < $1.day }
        days = known.count
        finalDays = known.count(where: \.final)
        first = known.first?.day
        last = known.last?.day
        missing =
            known.first.map { Array($0.day...max($0.day, newest)) }?
            .filter { day in !known.contains { $0.day == day } } ?? []
        let oldest = newest.advanced(by: 1 - Manifest.openDayCountMax)
        givenUp = known.filter { !$0.final && $0.day < oldest }.map(\.day)
        samples = known.reduce(0) { $0 + $1.samples }
        sources = known.last?.sources ?? [:]
        reason = known.last?.reason
    }
}
