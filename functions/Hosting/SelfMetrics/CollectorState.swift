import CollectedDays
import Domain
import Ports
import Toolbox

/// What the state says about each organization, for `/metrics`.
struct CollectorState {
    /// One organization.
    struct Organization {
        var login: String
        /// The days that have been collected, and whether each is final.
        var days: [Day: Bool]
        /// The newest day that has been collected.
        var newest: Manifest
    }

    /// The organizations that are shown; of more than ``organizationCountMax``, the first.
    var organizations: [Organization] = []
    /// The number of organizations with collected days.
    var organizationCount = 0
    /// When a tick about all organizations last ran.
    var lastTick: Timestamp?

    /// The most organizations that are shown, so that a page has a bounded cost.
    static let organizationCountMax = 500

    /// Reads the summary of the days, and the newest manifest, of each organization.
    ///
    /// Entries that cannot be read are left out: they are among the problems.
    init(_ store: any KeyValueStore) async throws(Failure) {
        lastTick = try await store.readableEntry(for: .tickRun).flatMap {
            try? Stored.decode(LastTick.self, from: $0.value, at: StoreKey.tickRun)
        }?.at
        var found: [String: Organization] = [:]
        for id in try await Self.integrations(store) {
            for key in try await store.allKeys(prefix: StoreKey.knownDaysPrefix(id)) {
                organizationCount += 1
                guard found.count < Self.organizationCountMax,
                    let one = try await Self.organization(key, id, store)
                else { continue }
                // Two integrations may reach an organization. The one with the newer day collects it.
                let name = one.login.lowercased()
                if let other = found[name] {
                    organizationCount -= 1
                    if other.newest.readAt > one.newest.readAt { continue }
                }
                found[name] = one
            }
        }
        organizations = found.values.sorted { $0.login < $1.login }
    }

    /// The integrations that are not removed.
    private static func integrations(
        _ store: any KeyValueStore
    ) async throws(Failure) -> [IntegrationID] {
        var ids: [IntegrationID] = []
        for key in try await store.allKeys(prefix: StoreKey.integrationPrefix) {
            guard let entry = try await store.readableEntry(for: key),
                let integration = try? Stored.decode(Integration.self, from: entry.value, at: key),
                integration.removedAt == nil
            else { continue }
            ids.append(integration.id)
        }
        return ids
    }

    private static func organization(
        _ key: StoreKey, _ id: IntegrationID, _ store: any KeyValueStore
    ) async throws(Failure) -> Organization? {
        let prefix = StoreKey.knownDaysPrefix(id)
        guard let number = Int64(key.description.dropFirst(prefix.count)),
            let entry = try await store.readableEntry(for: key),
            let known = try? Stored.decode(KnownDays.self, from: entry.value, at: key),
            let day = known.isFinal.keys.max()
        else { return nil }
        let place = StoreKey.manifest(id, InstallationID(number), day)
        guard let stored = try await store.readableEntry(for: place),
            let newest = try? Stored.decode(Manifest.self, from: stored.value, at: place)
        else { return nil }
        return Organization(
            login: newest.organization.description, days: known.isFinal, newest: newest)
    }
}

extension CollectorReport {
    /// Adds what the state says about each organization.
    mutating func add(_ state: CollectorState, today: Day) {
        for one in state.organizations {
            let labels = ["organization": one.login]
            add(.newestDay, endOf: one.newest.day, labels)
            add(one.days, today: today, labels)
            for source in Source.allCases {
                guard let result = one.newest.sources[source] else { continue }
                add(
                    .newestDayOutcome, result.outcome,
                    labels.merging(["source": source.rawValue]) { $1 })
            }
        }
    }

    /// Adds the problems and notices, counted, and the days that each source of an organization
    /// needs a person for.
    ///
    /// - Parameter hasNames: Whether organizations are named.
    mutating func add(_ problems: [Problem], hasNames: Bool) {
        let kinds = problems.grouped { "\($0.kind.rawValue) \($0.level.rawValue)" }
        for (_, alike) in kinds {
            add(
                .problems, Double(alike.count),
                ["kind": alike[0].kind.rawValue, "level": alike[0].level.rawValue])
        }
        guard hasNames else { return }
        let ofSources = problems.filter {
            $0.organization != nil && $0.source != nil && $0.outcome != nil && $0.days != nil
        }
        let groups = ofSources.grouped {
            "\($0.organization ?? "")/\($0.source ?? "")/\($0.outcome ?? "")"
        }
        for (_, alike) in groups {
            add(
                .attentionDays, Double(alike.map { $0.days?.count ?? 0 }.max() ?? 0),
                [
                    "organization": alike[0].organization ?? "", "source": alike[0].source ?? "",
                    "outcome": alike[0].outcome ?? "",
                ])
        }
    }
}
