import AWS
public import Domain
import Ports
import Toolbox

// From layout 1 to layout 2. Each entry moves in a transaction of its own, on the condition that nobody
// changed it, so it is in exactly one of two places at any time. Therefore the migration can be
// interrupted anywhere and run again, even twice at once.
extension DynamoStore {
    // The entries of layout 1 share a partition, which takes 1,000 write units per second.
    private static let parallel = 8

    /// Moves all entries to the partitions of their integrations; see ``KeyValueStore``.
    public func migrate() async throws(Failure) -> Int {
        guard try await canMigrate else { return 0 }
        try await partitions.beginMigration()
        // Integrations first: an old program that cannot read one renews no tokens.
        let integrations = try await move(prefix: StoreKey.integrationPrefix)
        let others = try await move(prefix: "")
        try await partitions.endMigration()
        return integrations + others
    }

    /// Whether entries are in one partition; see ``KeyValueStore``.
    public func pendingMigration() async throws(Failure) -> String? {
        guard try await canMigrate else { return nil }
        return """
            the table \(table.name) has its entries in one partition, which takes 1,000 write units \
            per second
            """
    }

    private var canMigrate: Bool {
        get async throws(Failure) {
            switch try await partitions.layout() {
            case .new, .perIntegration: false
            case .single, .migrating: true
            }
        }
    }

    /// Moves the entries whose keys have a prefix, and counts them.
    private func move(prefix: String) async throws(Failure) -> Int {
        var range = DynamoTable.KeyRange(TablePartitions.single, prefix: prefix)
        var condition = isAlive
        condition.text += " AND attribute_not_exists(moved)"
        var count = 0
        while !range.isEmpty {
            let (items, last) = try await table.page(in: range, where: condition)
            let moves = items.compactMap(Move.init)
            _ = try await moves.concurrentMap(atMost: Self.parallel) { move throws(Failure) in
                try await run(move)
            }
            count += moves.count
            guard let last else { break }
            range.low = last + "!"
        }
        return count
    }

    /// Writes the entry to its new partition and clears its old place.
    private func run(_ move: Move) async throws(Failure) {
        let partition = try await partitions.listedPartition(of: move.key)
        let put = ["Item": JSONValue.object(move.item(in: partition))]
        let (action, clearing) = clearing(move)
        let steps = [("Put", put), (action, clearing.merging(move.isUnchanged) { $1 })]
        do throws(AWSFault) {
            _ = try await table.client.call(
                "TransactWriteItems",
                [
                    // A repeated request whose response was lost succeeds by this token.
                    "ClientRequestToken": .string(Hex.encode(entropy.bytes(16))),
                    "TransactItems": .array(steps.map(step)),
                ])
        } catch  where error.failure.code == .conflict {
            throw Failure(
                .conflict,
                """
                \(move.key) changed while it moved. Stop everything that uses the table \
                \(table.name), and run copilot-local state migrate again
                """)
        } catch {
            throw error.failure
        }
    }

    private func step(_ action: String, _ input: [String: JSONValue]) -> JSONValue {
        .object([action: .object(input.merging(["TableName": .string(table.name)]) { $1 })])
    }

    /// The action that clears the old place of an entry.
    ///
    /// A program that knows only layout 1 still looks there. It reads an integration before it renews
    /// tokens, collects or connects. So in place of each integration it finds one in a format that is
    /// newer than any it reads: it refuses with `newerFormat` and changes nothing. The version of this
    /// entry is new too, or a write that began before could replace it. A process of this version that
    /// read the layout before the migration reads it again when it finds `moved`.
    private func clearing(_ move: Move) -> (action: String, input: [String: JSONValue]) {
        let name = DynamoValue.key(TablePartitions.single, move.key.description)
        guard move.key.kind == .integration else { return ("Delete", ["Key": .object(name)]) }
        var item = Self.item(at: name, Stored.newerFormat(for: move.key), newVersion())
        item["moved"] = .object(["BOOL": .bool(true)])
        return ("Put", ["Item": .object(item)])
    }
}

/// An entry on its way to another partition.
private struct Move {
    let key: StoreKey
    private let attributes: [String: JSONValue]

    init?(_ item: JSONValue) {
        guard case .object(let attributes) = item,
            let key = attributes["sk"]?["S"]?.text.flatMap({ StoreKey($0) })
        else { return nil }
        self.key = key
        self.attributes = attributes
    }

    /// The entry as it is, even if it is damaged, in another partition.
    func item(in partition: String) -> [String: JSONValue] {
        attributes.merging(DynamoValue.key(partition, key.description)) { $1 }
    }

    /// The condition that the entry is still the one that was read.
    var isUnchanged: [String: JSONValue] {
        var input: [String: JSONValue] = [
            "ConditionExpression": .string("attribute_exists(sk) AND attribute_not_exists(#v)"),
            "ExpressionAttributeNames": .object(["#v": .string("version")]),
        ]
        if let version = attributes["version"] {
            input["ConditionExpression"] = .string("#v = :version")
            input["ExpressionAttributeValues"] = .object([":version": version])
        }
        return input
    }
}
