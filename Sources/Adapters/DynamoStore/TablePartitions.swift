import Domain
import Synchronization
import Toolbox

/// The partitions of a table, according to its layout.
///
/// | layout | partition | holds |
/// | --- | --- | --- |
/// | 1 | `copilot-usage` | all entries |
/// | 2 | `copilot-usage/INTEGRATION` | the entries of an integration |
/// | 2 | `copilot-usage-common` | all other entries |
/// | 2 | `copilot-usage-table` | the item `layout`, and `partition/INTEGRATION` for each integration |
///
/// The item `layout` has the number of the layout in `layout`, and `migrating` until all entries have
/// moved. A table without it has layout 1 if it has entries; otherwise it is new, and the first write
/// creates the item. A layout that is known is read again only where an entry shows that it is outdated.
///
/// Partitions are listed because an integration's entries may outlive the integration.
final class TablePartitions: Sendable {
    /// What a table says about its layout.
    enum Layout: Hashable {
        /// There is nothing in the table.
        case new
        /// One partition.
        case single
        /// Some entries have moved.
        case migrating
        /// One partition per integration.
        case perIntegration
    }

    private struct Known {
        var layout: Layout?
        var integrations: Set<IntegrationID> = []
    }

    /// The only partition of layout 1.
    static let single = "copilot-usage"
    private static let common = "copilot-usage-common"
    private static let own = "copilot-usage-table"
    private static let layoutKey = "layout"
    private static let layoutNumber = 2
    private static let partitionPrefix = "partition/"

    private let table: DynamoTable
    private let known = Mutex(Known())

    init(of table: DynamoTable) { self.table = table }

    /// The partition to look for an entry in.
    func partition(of key: StoreKey) async throws(Failure) -> String {
        try await readableLayout() == .single ? Self.single : Self.name(key.scope)
    }

    /// The partition to write an entry to, after the table lists it.
    func partition(forWriting key: StoreKey) async throws(Failure) -> String {
        if try await readableLayout() == .new { try await begin() }
        guard try await readableLayout() != .single else { return Self.single }
        return try await listedPartition(of: key)
    }

    /// The partition of an entry in layout 2, after the table lists it.
    func listedPartition(of key: StoreKey) async throws(Failure) -> String {
        if case .integration(let id) = key.scope { try await list(id) }
        return Self.name(key.scope)
    }

    /// The partitions in which keys with a prefix may be.
    func partitions(ofPrefix prefix: String) async throws(Failure) -> [String] {
        guard try await readableLayout() != .single else { return [Self.single] }
        if let scope = StoreKey.scope(ofPrefix: prefix) { return [Self.name(scope)] }
        return [Self.common] + (try await listed()).map { Self.name(.integration($0)) }
    }

    private static func name(_ scope: StoreKey.Scope) -> String {
        switch scope {
        case .integration(let id): "\(single)/\(id)"
        case .common: common
        }
    }
}

// MARK: The layout

extension TablePartitions {
    /// Reads the layout.
    ///
    /// - Throws: `newerFormat` if this version does not know the layout.
    func layout() async throws(Failure) -> Layout {
        guard let marker = try await table.item(Self.own, Self.layoutKey) else {
            let first = try await table.keys(in: DynamoTable.KeyRange(Self.single), limit: 1)
            return first.isEmpty ? .new : .single
        }
        let number = marker["layout"]?["N"]?.text.flatMap { Int($0) } ?? .max
        guard number <= Self.layoutNumber else {
            throw .newerFormat(
                of: "the table \(table.name)", number, readable: Self.layoutNumber)
        }
        return marker["migrating"] == nil ? .perIntegration : .migrating
    }

    /// Reads the layout again, because an entry in the partition of layout 1 has moved.
    ///
    /// - Returns: Whether the table has another layout now.
    func haveMoved() async throws(Failure) -> Bool {
        known.withLock { $0.layout = nil }
        return try await readableLayout() != .single
    }

    /// Says that entries are moving from layout 1.
    func beginMigration() async throws(Failure) {
        try await mark(["migrating": .object(["BOOL": .bool(true)])], onlyIfAbsent: true)
    }

    /// Says that all entries have moved.
    func endMigration() async throws(Failure) {
        try await mark([:], onlyIfAbsent: false)
        known.withLock { $0.layout = .perIntegration }
    }

    /// The layout, which is remembered unless the table is new: then another process may begin it.
    private func readableLayout() async throws(Failure) -> Layout {
        if let layout = known.withLock({ $0.layout }) { return layout }
        let layout = try await layout()
        switch layout {
        case .new: break
        case .single, .perIntegration: known.withLock { $0.layout = layout }
        case .migrating:
            // It is temporary, so that events are tried again when the migration has ended.
            throw Failure(
                .unavailable,
                """
                the entries of the table \(table.name) are moving to another layout. Run \
                copilot-local state migrate to move the rest
                """)
        }
        return layout
    }

    /// Begins a new table, unless another process just did.
    private func begin() async throws(Failure) { try await mark([:], onlyIfAbsent: true) }

    private func mark(
        _ state: [String: JSONValue], onlyIfAbsent: Bool
    ) async throws(Failure) {
        var item = DynamoValue.key(Self.own, Self.layoutKey).merging(state) { $1 }
        item["layout"] = DynamoValue.number(Self.layoutNumber)
        var input = ["Item": JSONValue.object(item)]
        if onlyIfAbsent { input["ConditionExpression"] = .string("attribute_not_exists(sk)") }
        do throws(Failure) {
            try await table.call("PutItem", input)
        } catch  where error.code == .conflict {
            // It is there already.
        }
    }
}

// MARK: The list of integrations

extension TablePartitions {
    private func list(_ id: IntegrationID) async throws(Failure) {
        guard !known.withLock({ $0.integrations.contains(id) }) else { return }
        let item = DynamoValue.key(Self.own, "\(Self.partitionPrefix)\(id)")
        try await table.call("PutItem", ["Item": .object(item)])
        known.withLock { _ = $0.integrations.insert(id) }
    }

    private func listed() async throws(Failure) -> [IntegrationID] {
        let prefix = Self.partitionPrefix
        return try await table.keys(in: DynamoTable.KeyRange(Self.own, prefix: prefix)).compactMap {
            IntegrationID(String($0.dropFirst(prefix.count)))
        }
    }
}
