public import AWS
public import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A store in one DynamoDB table.
///
/// The table has a partition key `pk` and a sort key `sk`, both strings. The entries of an integration
/// are in one partition, with their key as `sk`, so that the keys with a prefix are one range in byte
/// order. ``TablePartitions`` has the names. A partition takes 1,000 write units per second, and
/// integrations do not share it. Reads are strongly consistent.
///
/// | attribute | type | content |
/// | --- | --- | --- |
/// | `value` | binary | the bytes |
/// | `version` | number | 64 random bits, new with each write: a version never repeats, even after a removal |
/// | `expiry` | number | when the entry expires, in milliseconds since 1970; absent if it does not |
/// | `ttl` | number | the same in seconds, rounded up, for DynamoDB's time to live, which deletes expired entries |
public struct DynamoStore: KeyValueStore {
    let table: DynamoTable
    let partitions: TablePartitions
    let entropy: any Entropy
    private let clock: any WallClock

    /// Creates a store.
    ///
    /// It sends no request before the first use, and reads the layout of the table once.
    ///
    /// - Parameters:
    ///   - table: The name of the table.
    ///   - clock: Decides which entries have expired.
    ///   - entropy: Generates versions.
    public init(
        table: String, client: AWSClient, clock: any WallClock, entropy: any Entropy
    ) {
        self.table = DynamoTable(name: table, client: client)
        partitions = TablePartitions(of: self.table)
        self.clock = clock
        self.entropy = entropy
    }

    /// Reads one entry; see ``KeyValueStore``.
    public func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        let partition = try await partitions.partition(of: key)
        guard let item = try await table.item(partition, key.description) else { return nil }
        if item["moved"] != nil, try await partitions.haveMoved() {
            return try await entry(for: key)
        }
        let expiry = item["expiry"]?["N"]?.text.flatMap { Int64($0) }
        guard let text = item["value"]?["B"]?.text, let value = Data(base64Encoded: text),
            let version = Self.version(of: item), (expiry == nil) == (item["expiry"] == nil)
        else {
            throw Failure(
                .unreadableState,
                "the entry \(key) of the table \(table.name) cannot be read by this version")
        }
        if let expiry, expiry <= clock.now().milliseconds { return nil }
        return StoreEntry(value: [UInt8](value), version: version)
    }

    /// Writes one entry; see ``KeyValueStore``.
    @discardableResult
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        guard value.count <= StoreLimits.valueByteCountMax else {
            throw Failure(
                .limitExceeded,
                "the value of \(key) has \(value.count) bytes, more than"
                    + " \(StoreLimits.valueByteCountMax)")
        }
        let partition = try await partitions.partition(forWriting: key)
        let version = newVersion()
        let item = Self.item(
            at: DynamoValue.key(partition, key.description), value, version, until: expiry)
        do throws(AWSFault) {
            try await change("PutItem", ["Item": .object(item)], if: condition)
        } catch {
            // An earlier attempt may have succeeded although its response was lost. Then the conflicting
            // entry is the new one.
            let isOwn = error.body?["Item"].flatMap(Self.version) == version
            if !isOwn { throw Self.failure(error, at: key) }
        }
        return version
    }

    /// Removes one entry; see ``KeyValueStore``.
    public func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        let partition = try await partitions.partition(of: key)
        let name = DynamoValue.key(partition, key.description)
        do throws(AWSFault) {
            try await change("DeleteItem", ["Key": .object(name)], if: condition)
        } catch {
            throw Self.failure(error, at: key)
        }
    }

    /// Lists keys; see ``KeyValueStore``.
    public func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        var found: [StoreKey] = []
        for partition in try await partitions.partitions(ofPrefix: prefix) {
            var range = DynamoTable.KeyRange(partition, prefix: prefix)
            // There is no key between a key and the same key with "!" appended.
            if let cursor { range.low = Self.later(range.low, "\(cursor)!") }
            // Of the other partitions, only what comes before the end of a full page.
            if found.count == limit, let last = found.last { range.high = last.description }
            let more = try await table.keys(in: range, where: isAlive, limit: limit)
            found = Array((found + more.compactMap { StoreKey($0) }).sorted().prefix(limit))
        }
        return found
    }

    /// The condition that an entry has not expired.
    var isAlive: DynamoTable.Condition {
        DynamoTable.Condition(
            text: "(attribute_not_exists(expiry) OR expiry > :now)", values: [":now": now])
    }

    private var now: JSONValue { DynamoValue.number(clock.now().milliseconds) }

    /// A version that no entry has had.
    func newVersion() -> StoreVersion {
        StoreVersion(entropy.bytes(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Writes or removes an entry atomically with the check of the condition.
    private func change(
        _ action: String, _ input: [String: JSONValue], if condition: StoreCondition
    ) async throws(AWSFault) {
        var input = input
        var values = [":now": now]
        switch condition {
        case .always: values = [:]
        case .absent:
            input["ConditionExpression"] = .string("attribute_not_exists(sk) OR expiry <= :now")
        case .version(let version):
            // A placeholder, because DynamoDB reserves hundreds of words and adds more.
            input["ConditionExpression"] = .string(
                "#v = :version AND (attribute_not_exists(expiry) OR expiry > :now)")
            input["ExpressionAttributeNames"] = .object(["#v": .string("version")])
            values[":version"] = DynamoValue.number(version.rawValue)
        }
        if !values.isEmpty {
            input["ExpressionAttributeValues"] = .object(values)
            input["ReturnValuesOnConditionCheckFailure"] = .string("ALL_OLD")
        }
        _ = try await table.attempt(action, input)
    }
}

extension DynamoStore {
    private static func failure(_ fault: AWSFault, at key: StoreKey) -> Failure {
        guard fault.failure.code == .conflict else { return fault.failure }
        return Failure(.conflict, "\(key) changed since it was read")
    }

    /// The attributes of an entry.
    static func item(
        at name: [String: JSONValue], _ value: [UInt8], _ version: StoreVersion,
        until expiry: Timestamp? = nil
    ) -> [String: JSONValue] {
        var item = name
        item["value"] = .object(["B": .string(Data(value).base64EncodedString())])
        item["version"] = DynamoValue.number(version.rawValue)
        if let expiry {
            item["expiry"] = DynamoValue.number(expiry.milliseconds)
            item["ttl"] = DynamoValue.number(expiry.advanced(by: .milliseconds(999)).seconds)
        }
        return item
    }

    private static func version(of item: JSONValue) -> StoreVersion? {
        item["version"]?["N"]?.text.flatMap { UInt64($0) }.map { StoreVersion($0) }
    }

    private static func later(_ one: String, _ other: String) -> String {
        one.utf8.lexicographicallyPrecedes(other.utf8) ? other : one
    }
}
