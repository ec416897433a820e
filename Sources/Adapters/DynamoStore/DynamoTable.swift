import AWS
import Domain
import Toolbox

/// A table with a partition key `pk` and a sort key `sk`, both strings.
struct DynamoTable: Sendable {
    /// The sort keys from `low` to `high` in one partition, in byte order.
    struct KeyRange {
        var partition: String
        var low: String
        var high: String

        var isEmpty: Bool { !low.utf8.lexicographicallyPrecedes(high.utf8) }
    }

    /// A condition on an item, with the values of its placeholders.
    struct Condition {
        var text: String
        var values: [String: JSONValue] = [:]
    }

    let name: String
    let client: AWSClient

    /// Calls an action on this table.
    @discardableResult
    func call(
        _ action: String, _ input: [String: JSONValue]
    ) async throws(Failure) -> JSONValue {
        do throws(AWSFault) { return try await attempt(action, input) } catch {
            throw error.failure
        }
    }

    /// Calls an action on this table, for a caller that reads AWS's response to a failed condition.
    func attempt(
        _ action: String, _ input: [String: JSONValue]
    ) async throws(AWSFault) -> JSONValue {
        var input = input
        input["TableName"] = .string(name)
        return try await client.call(action, input)
    }

    /// Reads one item.
    func item(_ partition: String, _ key: String) async throws(Failure) -> JSONValue? {
        let name = DynamoValue.key(partition, key)
        let reply = try await call(
            "GetItem", ["Key": .object(name), "ConsistentRead": .bool(true)])
        guard let item = reply["Item"] else { return nil }
        // Another entry's tokens or manifest must not be taken for this one's.
        guard item["pk"] == name["pk"], item["sk"] == name["sk"] else { throw malformed("GetItem") }
        return item
    }

    /// Lists the sort keys of items that meet a condition.
    ///
    /// - Parameter limit: The most keys to return; nil for all.
    func keys(
        in range: KeyRange, where condition: Condition? = nil, limit: Int? = nil
    ) async throws(Failure) -> [String] {
        var (found, range): ([String], KeyRange) = ([], range)
        while found.count < limit ?? .max, !range.isEmpty {
            let (items, last) = try await page(
                in: range, where: condition, limit: limit.map { $0 - found.count }, keysOnly: true)
            found += items.compactMap { $0["sk"]?["S"]?.text }
            guard let last else { break }
            // There is no key between a key and the same key with "!" appended.
            range.low = last + "!"
        }
        return found
    }

    /// Reads one page of the items that meet a condition.
    ///
    /// - Parameter limit: The most items to look at, also those that do not meet the condition.
    /// - Returns: The items, and the last sort key that was looked at if there may be more. A page ends
    ///   after 1 MB.
    func page(
        in range: KeyRange, where condition: Condition? = nil, limit: Int? = nil,
        keysOnly: Bool = false
    ) async throws(Failure) -> (items: [JSONValue], last: String?) {
        var values = condition?.values ?? [:]
        values[":pk"] = DynamoValue.string(range.partition)
        values[":low"] = DynamoValue.string(range.low)
        values[":high"] = DynamoValue.string(range.high)
        var input: [String: JSONValue] = [
            "ConsistentRead": .bool(true), "ExpressionAttributeValues": .object(values),
            "KeyConditionExpression": .string("pk = :pk AND sk BETWEEN :low AND :high"),
        ]
        input["FilterExpression"] = condition.map { .string($0.text) }
        input["Limit"] = limit.map { .integer(Int64($0)) }
        if keysOnly { input["ProjectionExpression"] = .string("sk") }
        let reply = try await call("Query", input)
        guard case .array(let items)? = reply["Items"] else { throw malformed("Query") }
        guard let position = reply["LastEvaluatedKey"], position != .null else {
            return (items, nil)
        }
        // One before the range would begin it again, for ever.
        guard let last = position["sk"]?["S"]?.text,
            !last.utf8.lexicographicallyPrecedes(range.low.utf8)
        else { throw malformed("Query") }
        return (items, last)
    }

    private func malformed(_ action: String) -> Failure {
        Failure(
            .unavailable,
            """
            dynamodb:\(action) on the table \(name) responded in an undocumented form. If this persists, \
            check the proxy and AWS_ENDPOINT_URL
            """)
    }
}

extension DynamoTable.KeyRange {
    /// All sort keys with a prefix.
    ///
    /// Their characters are "!" to "~", so they are less than the prefix with U+007F appended.
    init(_ partition: String, prefix: String = "") {
        self.init(
            partition: partition, low: prefix.isEmpty ? "!" : prefix, high: prefix + "\u{7F}")
    }
}

/// Values as DynamoDB's JSON writes them, such as `{"N": "1"}`.
enum DynamoValue {
    static func string(_ text: String) -> JSONValue { .object(["S": .string(text)]) }

    static func number(_ number: some BinaryInteger) -> JSONValue {
        .object(["N": .string(String(number))])
    }

    static func key(_ partition: String, _ key: String) -> [String: JSONValue] {
        ["pk": string(partition), "sk": string(key)]
    }
}
