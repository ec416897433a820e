import CurlHTTP
import Domain
import DynamoStore
import Ports
import TestSupport
import Testing

/// The partitions of a table.
///
/// The conformance suite tests the store in each layout.
@Suite("The layout of a table", .besideMoto, .timeLimit(.minutes(3)))
struct LayoutTests {
    @Test("begins with the first write, and reading creates nothing")
    func new() async throws {
        let table = try await TestTable.empty()
        let store = try table.store()
        #expect(try await store.entry(for: place("tick/last")) == nil)
        #expect(try await store.allKeys(prefix: "") == [])
        try await store.remove(place("tick/last"), if: .always)
        #expect(try await store.pendingMigration() == nil)
        #expect(try await store.migrate() == 0)
        #expect(try await table.names() == [])

        for key in ["integration/9-a", "credentials/9-a", "days/9-a/1", "days/9-b/2"] {
            try await store.put([], for: place(key), if: .absent)
        }
        #expect(
            try await table.names() == [
                "copilot-usage-common integration/9-a", "copilot-usage-table layout",
                "copilot-usage-table partition/9-a", "copilot-usage-table partition/9-b",
                "copilot-usage/9-a credentials/9-a", "copilot-usage/9-a days/9-a/1",
                "copilot-usage/9-b days/9-b/2",
            ])
    }

    @Test("stays as it is where entries are in one partition")
    func old() async throws {
        let table = try await TestTable.layout1([("integration/9-a", nil), ("days/9-a/1", nil)])
        let store = try table.store()
        let known = try await store.entry(for: place("days/9-a/1"))
        #expect(known?.value == Array("days/9-a/1".utf8))
        try await store.put(
            [1], for: place("days/9-a/1"), if: StoreCondition(unchangedSince: known))
        try await store.put([2], for: place("credentials/9-a"), if: .absent)
        try await store.remove(place("integration/9-a"), if: .always)
        #expect(
            try await store.allKeys(prefix: "").map(\.description) == [
                "credentials/9-a", "days/9-a/1",
            ])
        #expect(try await store.pendingMigration()?.contains(table.name) == true)
        #expect(
            try await table.names() == [
                "copilot-usage credentials/9-a", "copilot-usage days/9-a/1",
                "copilot-usage doctor/0",
            ])
    }

    @Test("is read once, and a prefix of one integration queries one partition")
    func economy() async throws {
        let table = try await TestTable.empty()
        let writer = try table.store()
        for key in ["integration/9-a", "days/9-a/1", "days/9-b/2"] {
            try await writer.put([], for: place(key), if: .absent)
        }
        let transport = WatchedTransport()
        let store = try table.store(transport)
        let calls: [(expected: [String], call: () async throws -> Void)] = [
            (["GetItem", "GetItem"], { _ = try await store.entry(for: place("days/9-a/1")) }),
            (["GetItem"], { _ = try await store.entry(for: place("days/9-b/2")) }),
            (
                ["PutItem", "PutItem"],
                { try await store.put([], for: place("days/9-a/3"), if: .always) }
            ),
            (["PutItem"], { try await store.put([], for: place("days/9-a/4"), if: .always) }),
            (["Query"], { _ = try await store.allKeys(prefix: "days/9-a/") }),
            (["Query"], { _ = try await store.allKeys(prefix: "integration/") }),
            // The list, the common partition and two more.
            (
                ["Query", "Query", "Query", "Query"],
                { _ = try await store.allKeys(prefix: "days/") }
            ),
        ]
        for (expected, call) in calls {
            try await call()
            #expect(transport.take() == expected)
        }
    }

    @Test("lists keys of many partitions in byte order", arguments: [1, 2, 3, 5, 100])
    func order(limit: Int) async throws {
        let table = try await TestTable.empty()
        let store = try table.store()
        // "-" is before ".", and both are before "/".
        let ids = ["a", "a-b", "a.b", "b", "A", "1"]
        let texts =
            ids.flatMap {
                ["credentials/\($0)", "days/\($0)/1", "days/\($0)/2", "integration/\($0)"]
            }
            + ["tick/last", "problems/runner", "problems/integration/a"]
        for text in texts.reversed() { try await store.put([], for: place(text), if: .absent) }
        for id in ids {
            try await store.put([], for: place("days/\(id)/15"), if: .absent, until: noon)
        }
        let reader = try table.store()
        for prefix in ["", "days/", "days/a", "days/a/", "d", "credentials/a", "problems/"] {
            let expected = try texts.filter { $0.hasPrefix(prefix) }.map(place).sorted()
            var found: [StoreKey] = []
            for _ in 0...texts.count {
                let page = try await reader.keys(prefix: prefix, after: found.last, limit: limit)
                found += page
                if page.count < limit { break }
            }
            #expect(found == expected, "after the prefix \(prefix)")
        }
    }

    @Test(
        "is refused if it is newer, or if entries are moving, and nothing is changed",
        arguments: [
            (["layout": ["N": "3"]], Failure.Code.newerFormat, "has format version 3"),
            (["layout": ["S": "?"]], .newerFormat, "A newer version"),
            (
                ["layout": ["N": "2"], "migrating": ["BOOL": ""]], .unavailable,
                "copilot-local state migrate"
            ),
        ] as [([String: [String: String]], Failure.Code, String)])
    func refused(marker: [String: [String: String]], code: Failure.Code, words: String) async throws
    {
        let table = try await TestTable.layout1([("tick/last", nil)])
        let attributes = marker.mapValues { value in
            JSONValue.object(
                value.reduce(into: [:]) {
                    $0[$1.key] = $1.key == "BOOL" ? .bool(true) : .string($1.value)
                })
        }
        try await table.put("copilot-usage-table", "layout", attributes)
        let before = try await table.names()
        let (store, key) = (try table.store(), try place("tick/last"))
        var calls: [() async throws -> Void] = [
            { _ = try await store.entry(for: key) },
            { _ = try await store.put([1], for: key, if: .always) },
            { try await store.remove(key, if: .always) },
            { _ = try await store.keys(prefix: "", after: nil, limit: 1) },
        ]
        if code == .newerFormat {
            calls += [
                { _ = try await store.migrate() }, { _ = try await store.pendingMigration() },
            ]
        }
        for call in calls {
            let failure = await expectFailure(code) { try await call() }
            #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        }
        #expect(try await table.names() == before)
    }
}
