public import Domain
public import Ports
import Synchronization
import Toolbox

/// Reads integrations and manifests from a store, for reports.
///
/// An entry that cannot be read hides no other: it is left out, and named in ``problems``.
public final class StateReader: Sendable {
    private let store: any KeyValueStore
    private let found = Mutex<[String: String]>([:])

    /// Creates a reader of `store`.
    public init(_ store: any KeyValueStore) { self.store = store }

    /// What is wrong with the entries that could not be read so far, by key.
    public var problems: [String] {
        found.withLock { found in found.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// Every integration, removed ones too, by id.
    ///
    /// - Throws: What the store throws.
    public func integrations() async throws(Failure) -> [Integration] {
        try await values(under: StoreKey.integrationPrefix)
    }

    /// Every manifest.
    ///
    /// - Throws: What the store throws.
    public func manifests() async throws(Failure) -> [Manifest] {
        try await values(under: StoreKey.manifestPrefix)
    }

    /// The manifest of one day; nil if there is none.
    ///
    /// - Throws: `unreadableState` naming the key, or what the store throws.
    public func manifest(of request: CollectEvent) async throws(Failure) -> Manifest? {
        let key = StoreKey.manifest(request.integration, request.installation, request.day)
        guard let entry = try await store.entry(for: key) else { return nil }
        return try Stored.decode(Manifest.self, from: entry.value, at: key)
    }

    /// The coverage of each organization of each integration that is not removed.
    ///
    /// - Parameters:
    ///   - manifests: Every manifest.
    ///   - newest: The newest day to expect.
    /// - Returns: One element per organization, by name.
    /// - Throws: What the store throws.
    public func coverage(
        of manifests: [Manifest], through newest: Day
    ) async throws(Failure) -> [Coverage] {
        try await integrations().filter { $0.removedAt == nil }.flatMap { integration in
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
    /// - Throws: What the store throws.
    public func suspended() async throws(Failure) -> Set<String> {
        let active = try await integrations().filter { $0.removedAt == nil }
        return Set(
            active.flatMap(\.organizations).filter { $0.suspendedAt != nil }
                .map(\.organization.description))
    }

    /// Reads the entries that are neither integrations nor manifests, and looks for what is no entry at
    /// all, for ``problems``.
    ///
    /// - Throws: What the store throws.
    public func readOthers() async throws(Failure) {
        for path in try await store.strangers() {
            found.withLock { $0[path] = "\(path) is not an entry of the state store. Move it away" }
        }
        for kind in [
            StoreKey.Kind.days, .problems, .tick, .credentials, .gitHubApp, .pseudonymKey, .runner,
        ] {
            for key in try await store.allKeys(prefix: kind.rawValue) where key.kind == kind {
                do throws(Failure) {
                    guard let entry = try await store.entry(for: key) else { continue }
                    try StoredForm(of: key)?.check(entry.value, at: key)
                } catch  where error.concernsEntry {
                    found.withLock { $0["\(key)"] = error.message }
                }
            }
        }
    }

    private func values<Value: Decodable>(under prefix: String) async throws(Failure) -> [Value] {
        var values: [Value] = []
        for key in try await store.allKeys(prefix: prefix) {
            do throws(Failure) {
                // It may have been removed since the listing.
                guard let entry = try await store.entry(for: key) else { continue }
                values.append(try Stored.decode(Value.self, from: entry.value, at: key))
            } catch  where error.concernsEntry {
                found.withLock { $0["\(key)"] = error.message }
            }
        }
        return values
    }
}

/// What is collected for one organization and what is missing.
public struct Coverage: Codable, Hashable, Sendable {
    /// The organization.
    public var organization: OrganizationLogin
    /// The integration whose authorization reaches it.
    public var integration: IntegrationID
    /// The App's installation on it.
    public var installation: InstallationID
    /// The time at which the installation was suspended, if it is.
    public var suspendedAt: Timestamp?
    /// The number of days that were read.
    public var days: Int
    /// The number of final days.
    public var finalDays: Int
    /// The oldest day that was read.
    public var first: Day?
    /// The newest day that was read.
    public var last: Day?
    /// Days after the first that were never read.
    public var missing: [Day]
    /// Days that are not final and too old for ticks to read again.
    public var givenUp: [Day]
    /// The number of samples that the backend has accepted.
    public var samples: Int
    /// The result of each source on the newest day.
    public var sources: [Source: SourceResult]
    /// The reason why the whole organization could not be read on the newest day.
    public var reason: String?
    /// The problems of the organization, and those of its integration as a whole.
    public var problems: [Problem]?

    /// Adds the problems that concern the organization.
    public func adding(_ health: Health) -> Coverage {
        var coverage = self
        coverage.problems = health.problems(
            of: organization.description, in: integration.description)
        return coverage
    }

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
