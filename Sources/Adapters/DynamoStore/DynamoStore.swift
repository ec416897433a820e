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
/// The table has a partition key `pk` and a sort key `sk`, both strings. All entries are in the
/// partition `pk = "copilot-usage"` with their key as `sk`, so that the keys with a prefix are one
/// range in byte order, and reads are strongly consistent. A partition allows about 1,000 writes per
/// second, more than GitHub's rate limits let a collector need.
///
/// | attribute | type | content |
/// | --- | --- | --- |
/// | `value` | binary | the bytes |
/// | `version` | number | 64 random bits, new with each write: a version never repeats, even after a removal |
/// | `expiry` | number | when the entry expires, in milliseconds since 1970; absent if it does not |
/// | `ttl` | number | the same in seconds, rounded up, for DynamoDB's time to live, which deletes expired entries |
public struct DynamoStore: KeyValueStore {
    static let partition = "copilot-usage"

    private let table: String
    private let client: AWSClient
    private let clock: any WallClock
    private let entropy: any Entropy

    /// Creates a store.
    ///
    /// It sends no request before the first use.
    ///
    /// - Parameters:
    ///   - table: The name of the table.
    ///   - clock: Decides which entries have expired.
    ///   - entropy: Generates versions.
    public init(
        table: String, client: AWSClient, clock: any WallClock, entropy: any Entropy
    ) {
        self.table = table
        self.client = client
        self.clock = clock
        self.entropy = entropy
    }

    /// Reads one entry; see ``KeyValueStore``.
    public func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        let reply = try await call(
            "GetItem", ["Key": Self.name(of: key), "ConsistentRead": .bool(true)])
        guard let item = reply["Item"] else { return nil }
        guard let text = item["value"]?["B"]?.text, let value = Data(base64Encoded: text),
            let version = Self.version(of: item)
        else {
            throw Failure(
                .unreadableState,
                "the entry \(key) of the table \(table) cannot be read by this version")
        }
        if let expiry = item["expiry"]?["N"]?.text.flatMap({ Int64($0) }),
            expiry <= clock.now().milliseconds
        {
            return nil
        }
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
        let version = StoreVersion(entropy.bytes(8).reduce(0) { $0 << 8 | UInt64($1) })
        var item = Self.key(key)
        item["value"] = .object(["B": .string(Data(value).base64EncodedString())])
        item["version"] = Self.number(version.rawValue)
        if let expiry {
            item["expiry"] = Self.number(expiry.milliseconds)
            item["ttl"] = Self.number(expiry.advanced(by: .milliseconds(999)).seconds)
        }
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
        do throws(AWSFault) {
            try await change("DeleteItem", ["Key": Self.name(of: key)], if: condition)
        } catch {
            throw Self.failure(error, at: key)
        }
    }

    /// Lists keys; see ``KeyValueStore``.
    public func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        // The characters of keys are "!" to "~". There is no key between a key and the same key with
        // "!" appended, and all keys with a prefix are less than the prefix with U+007F appended.
        let high = prefix + "\u{7F}"
        var low = prefix.isEmpty ? "!" : prefix
        if let cursor { low = Self.later(low, "\(cursor)!") }
        var found: [StoreKey] = []
        while found.count < limit, low.utf8.lexicographicallyPrecedes(high.utf8) {
            let reply = try await call("Query", query(from: low, to: high, limit - found.count))
            if case .array(let items) = reply["Items"] {
                found += items.compactMap { $0["sk"]?["S"]?.text.flatMap { StoreKey($0) } }
            }
            // A response ends after 1 MB, and its limit counts expired entries.
            guard let last = reply["LastEvaluatedKey"]?["sk"]?["S"]?.text else { break }
            low = last + "!"
        }
        return found
    }

    private func query(from low: String, to high: String, _ limit: Int) -> [String: JSONValue] {
        [
            "ConsistentRead": .bool(true), "Limit": .integer(Int64(limit)),
            "KeyConditionExpression": .string("pk = :pk AND sk BETWEEN :low AND :high"),
            "FilterExpression": .string("attribute_not_exists(expiry) OR expiry > :now"),
            "ProjectionExpression": .string("sk"),
            "ExpressionAttributeValues": .object([
                ":pk": Self.string(Self.partition), ":low": Self.string(low),
                ":high": Self.string(high), ":now": Self.number(clock.now().milliseconds),
            ]),
        ]
    }

    /// Writes or removes an entry atomically with the check of the condition.
    private func change(
        _ action: String, _ input: [String: JSONValue], if condition: StoreCondition
    ) async throws(AWSFault) {
        var input = input
        var values = [":now": Self.number(clock.now().milliseconds)]
        switch condition {
        case .always: values = [:]
        case .absent:
            input["ConditionExpression"] = .string("attribute_not_exists(sk) OR expiry <= :now")
        case .version(let version):
            // A placeholder, because DynamoDB reserves hundreds of words and adds more.
            input["ConditionExpression"] = .string(
                "#v = :version AND (attribute_not_exists(expiry) OR expiry > :now)")
            input["ExpressionAttributeNames"] = .object(["#v": .string("version")])
            values[":version"] = Self.number(version.rawValue)
        }
        if !values.isEmpty {
            input["ExpressionAttributeValues"] = .object(values)
            input["ReturnValuesOnConditionCheckFailure"] = .string("ALL_OLD")
        }
        input["TableName"] = .string(table)
        _ = try await client.call(action, input)
    }

    private func call(
        _ action: String, _ input: [String: JSONValue]
    ) async throws(Failure) -> JSONValue {
        var input = input
        input["TableName"] = .string(table)
        do throws(AWSFault) {
            return try await client.call(action, input)
        } catch {
            throw error.failure
        }
    }
}

extension DynamoStore {
    private static func failure(_ fault: AWSFault, at key: StoreKey) -> Failure {
        guard fault.failure.code == .conflict else { return fault.failure }
        return Failure(.conflict, "\(key) changed since it was read")
    }

    private static func key(_ key: StoreKey) -> [String: JSONValue] {
        ["pk": string(partition), "sk": string(key.description)]
    }

    private static func name(of key: StoreKey) -> JSONValue { .object(self.key(key)) }

    private static func string(_ text: String) -> JSONValue { .object(["S": .string(text)]) }

    private static func number(_ number: some BinaryInteger) -> JSONValue {
        .object(["N": .string(String(number))])
    }

    private static func version(of item: JSONValue) -> StoreVersion? {
        item["version"]?["N"]?.text.flatMap { UInt64($0) }.map { StoreVersion($0) }
    }

    private static func later(_ one: String, _ other: String) -> String {
        one.utf8.lexicographicallyPrecedes(other.utf8) ? other : one
    }
}
