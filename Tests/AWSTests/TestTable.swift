import AWS
import CurlHTTP
import Domain
import DynamoStore
import Fakes
import InMemory
import OpenSSLCrypto
import Ports
import Synchronization
import TestSupport
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A table in moto, and the stores of programs that use it.
struct TestTable {
    let moto: Moto
    let name: String
    private let settings: AWSSettings

    private init(_ moto: Moto, _ name: String) async throws {
        (self.moto, self.name) = (moto, name)
        let key = try await moto.key(allowing: ["dynamodb:*"])
        settings = .keyed(moto.url, id: key.id, secret: key.secret)
    }

    /// An empty table.
    static func empty() async throws -> Self {
        let moto = try MotoScope.running()
        return try await Self(moto, moto.table())
    }

    /// A table of layout 1 with entries, written by a program that chose this layout.
    static func layout1(_ entries: [(String, Timestamp?)]) async throws -> Self {
        let moto = try MotoScope.running()
        let table = try await Self(moto, moto.tableOfLayout1())
        let store = try table.store()
        for (key, expiry) in entries {
            try await store.put(Array(key.utf8), for: place(key), if: .absent, until: expiry)
        }
        return table
    }

    /// The store of a new process.
    func store(_ transport: any HTTPTransport = CurlTransport()) throws -> DynamoStore {
        DynamoStore(
            table: name, client: try client(.dynamoDB, settings, transport),
            clock: ManualClock(noon), entropy: SystemEntropy())
    }

    /// All items, also those that are not entries, as `pk sk`.
    func names() async throws -> [String] { try await items().map(\.name).sorted() }

    /// The attributes of all items but `pk`, by key, for keys in one of the partitions.
    func entries(in partitions: (String) -> Bool) async throws -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        for item in try await items() where partitions(item.partition) {
            guard case .object(var attributes) = item.value else { continue }
            attributes["pk"] = nil
            found[item.key] = .object(attributes)
        }
        return found
    }

    /// The value and the version of an item, read as any program reads them.
    func item(
        _ partition: String, _ key: StoreKey
    ) async throws -> (value: [UInt8], version: JSONValue) {
        let name = JSONValue.object([
            "pk": .object(["S": .string(partition)]),
            "sk": .object(["S": .string(key.description)]),
        ])
        let item = try await client(.dynamoDB, settings, CurlTransport())
            .call("GetItem", ["TableName": .string(self.name), "Key": name])["Item"]
        let value = item?["value"]?["B"]?.text.flatMap { Data(base64Encoded: $0) }
        return (Array(try #require(value)), try #require(item?["version"]))
    }

    /// Writes an item as it is.
    func put(_ partition: String, _ key: String, _ rest: [String: JSONValue]) async throws {
        let item = rest.merging(
            ["pk": .object(["S": .string(partition)]), "sk": .object(["S": .string(key)])]
        ) { $1 }
        try await moto.administer(
            "dynamodb", "put_item", ["TableName": .string(name), "Item": .object(item)])
    }

    private struct Item {
        var partition: String
        var key: String
        var value: JSONValue
        var name: String { "\(partition) \(key)" }
    }

    private func items() async throws -> [Item] {
        let found = try await moto.administer("dynamodb", "scan", ["TableName": .string(name)])
        guard case .array(let items)? = found["Items"] else { return [] }
        return try items.map { item in
            Item(
                partition: try #require(item["pk"]?["S"]?.text),
                key: try #require(item["sk"]?["S"]?.text), value: item)
        }
    }
}

/// A checked key.
func place(_ text: String) throws -> StoreKey { try #require(StoreKey(text)) }

/// A transport that forwards requests, counts them by action, and runs a step before each.
final class WatchedTransport: HTTPTransport {
    private let inner = CurlTransport()
    private let before: @Sendable (HTTPClientRequest) async -> Void
    private let seen = Mutex<[String]>([])

    init(before: @escaping @Sendable (HTTPClientRequest) async -> Void = { _ in }) {
        self.before = before
    }

    /// The actions since this was last asked, such as `GetItem`.
    func take() -> [String] {
        seen.withLock { seen in
            defer { seen = [] }
            return seen
        }
    }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let action = request.fields["x-amz-target"]?.split(separator: ".").last.map { String($0) }
        if let action { seen.withLock { $0.append(action) } }
        await before(request)
        return try await inner.send(request)
    }
}
