import Domain
import Fakes
import FileStore
import InMemory
import Ports
import Postgres
import TestSupport
import Testing

/// Every store.
///
/// A new adapter is a new case.
enum StoreAdapter: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory
    case file
    case postgres
    case postgresBehindPgBouncer
    case dynamoDB
    case dynamoDBLayout1

    /// Whether each call takes milliseconds, so that long tests take fewer steps.
    var isSlow: Bool {
        [.dynamoDB, .dynamoDBLayout1, .postgresBehindPgBouncer].contains(self)
    }

    /// Every adapter with each of the values; a slow adapter only with the last one.
    static func each<Value>(of values: [Value]) -> [(Self, Value)] {
        allCases.flatMap { adapter in
            values.suffix(adapter.isSlow ? 1 : values.count).map { (adapter, $0) }
        }
    }

    var testDescription: String { rawValue }

    /// Runs `body` with two instances for one new, empty store, and removes it afterwards.
    func withStores(
        clock: any WallClock,
        _ body: (any KeyValueStore, any KeyValueStore) async throws -> Void
    ) async throws {
        switch self {
        case .memory:
            let store = MemoryStore(clock: clock)
            try await body(store, store)
        case .file:
            try await withTemporaryFolder { folder in
                try await body(
                    try FileStore(folder: folder, clock: clock),
                    try FileStore(folder: folder, clock: clock))
            }
        case .postgres:
            try await SharedPostgres.withDatabase { url, _ in
                let address = try PostgresAddress(url, variable: "STATE_STORE")
                try await body(
                    PostgresStore(PostgresDatabase(address), clock: clock),
                    PostgresStore(PostgresDatabase(address), clock: clock))
            }
        case .postgresBehindPgBouncer:
            try await SharedPostgres.withPooledDatabase { url in
                let address = try PostgresAddress(url, variable: "STATE_STORE")
                try await body(
                    PostgresStore(PostgresDatabase(address), clock: clock),
                    PostgresStore(PostgresDatabase(address), clock: clock))
            }
        case .dynamoDB, .dynamoDBLayout1:
            let moto = try MotoScope.running()
            let table = try await self == .dynamoDB ? moto.table() : moto.tableOfLayout1()
            try await body(
                try MotoScope.store(table: table, clock: clock),
                try MotoScope.store(table: table, clock: clock))
        }
    }

    func withStore(
        clock: any WallClock = ManualClock(noon), _ body: (any KeyValueStore) async throws -> Void
    ) async throws {
        try await withStores(clock: clock) { store, _ in try await body(store) }
    }
}

/// Keys that a careless store confuses with each other, its own files or its syntax.
private let weirdKeys = [
    "a", "A", "a/b", "a/B", "a/b/c", "a-b", "a!b", "a0", "a.", "a.entry", "a.entry/b", "a+", "a+/b",
    "a%2fb", "a%", "%", "%%", ".", "..", "../a", "./a", "/", "//", "///", "/a", "a/", "a//", "a//b",
    ".lock", ".new", "journal", "~", "'", "\"", "\\", "a\\b", "*", "?", "$HOME", "_", "a_b", "a'b",
    "manifest/1001-copilot/555/2026-11-21", "manifest/1001-copilot/555", "manifest/1001-copilot",
    "manifest", "manifest/1001", "manifest//1", "manifest/1001-copilot.b/555", "manifest/1001/555",
    "manifest/1002-other/1/2026-11-21", "days/1001-copilot/555", "days/1002-other/1", "days/.x/1",
    "lease/refresh/1001-copilot", "lease/other/1001-copilot", "problems/integration/1002-other",
    "problems/organization/1001-copilot/555", "problems/runner", "integration/1001-copilot", "con",
    "nul", "a:b", "a|b", "<a>",
    // Longer than a name in most file systems, and with similar neighbors.
    String(repeating: "x", count: 200), String(repeating: "x", count: 200) + "-",
    String(repeating: "x", count: 200) + "/y", String(repeating: "x", count: 199),
    String(repeating: "x", count: 201), String(repeating: "x", count: StoreKey.byteCountMax),
    String(repeating: "X", count: StoreKey.byteCountMax),
    String(repeating: "/", count: StoreKey.byteCountMax),
    String(repeating: "x/", count: StoreKey.byteCountMax / 2),
]

private func key(_ text: String) throws -> StoreKey { try #require(StoreKey(text)) }

/// What every store does.
@Suite("A key-value store", .besideMoto, .timeLimit(.minutes(5)))
struct KeyValueStoreConformance {
    @Test("returns the value that was put", arguments: StoreAdapter.allCases, [0, 1, 4_096])
    func roundTrip(adapter: StoreAdapter, byteCount: Int) async throws {
        try await adapter.withStore { store in
            let value = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
            let version = try await store.put(value, for: key("a/b"), if: .always)
            #expect(
                try await store.entry(for: key("a/b"))
                    == StoreEntry(value: value, version: version))
        }
    }

    @Test("has no entry for a key that was never put", arguments: StoreAdapter.allCases)
    func absence(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            let never = try key("never")
            #expect(try await store.entry(for: never) == nil)
            #expect(try await store.keys(prefix: "", after: nil, limit: 1) == [])
        }
    }

    @Test("distinguishes any two keys", arguments: StoreAdapter.allCases)
    func keysApart(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            for text in weirdKeys {
                try await store.put(Array(text.utf8), for: key(text), if: .absent)
            }
            for text in weirdKeys {
                #expect(try await store.entry(for: key(text))?.value == Array(text.utf8))
            }
            for text in weirdKeys {
                try await store.remove(key(text), if: .always)
                #expect(try await store.entry(for: key(text)) == nil)
            }
            #expect(try await store.allKeys(prefix: "") == [])
        }
    }

    @Test("replaces a value and its version", arguments: StoreAdapter.allCases)
    func replacement(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            let first = try await store.put([1, 2, 3], for: key("k"), if: .always)
            let second = try await store.put([4], for: key("k"), if: .always)
            #expect(first != second)
            #expect(
                try await store.entry(for: key("k")) == StoreEntry(value: [4], version: second))
        }
    }

    @Test("refuses a write whose condition does not hold", arguments: StoreAdapter.allCases)
    func conflict(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            let k = try key("k")
            await expectFailure(.conflict) {
                try await store.put([0], for: k, if: .version(StoreVersion(1)))
            }
            let first = try await store.put([1], for: k, if: .absent)
            let second = try await store.put([2], for: k, if: .version(first))
            for stale in [StoreCondition.absent, .version(first)] {
                await expectFailure(.conflict) { try await store.put([3], for: k, if: stale) }
                await expectFailure(.conflict) { try await store.remove(k, if: stale) }
            }
            #expect(try await store.entry(for: k) == StoreEntry(value: [2], version: second))
        }
    }

    @Test("refuses the version of another key", arguments: StoreAdapter.allCases)
    func versionOfAnotherKey(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            try await store.put([1], for: key("a"), if: .always)
            let other = try await store.put([1], for: key("b"), if: .always)
            await expectFailure(.conflict) {
                try await store.put([2], for: key("a"), if: .version(other))
            }
        }
    }

    @Test("removes an entry, and never repeats a version", arguments: StoreAdapter.allCases)
    func removal(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            let k = try key("k")
            var versions: Set<StoreVersion> = []
            for round in 1...20 {
                let version = try await store.put([7], for: k, if: .absent)
                versions.insert(version)
                #expect(versions.count == round)
                try await store.remove(k, if: round % 2 == 0 ? .always : .version(version))
                #expect(try await store.entry(for: k) == nil)
                // Removing an absent entry succeeds, unless a version was expected.
                try await store.remove(k, if: .always)
                try await store.remove(k, if: .absent)
                await expectFailure(.conflict) { try await store.remove(k, if: .version(version)) }
                await expectFailure(.conflict) {
                    try await store.put([], for: k, if: .version(version))
                }
            }
        }
    }

    @Test("lets exactly one of many writers win", arguments: StoreAdapter.allCases)
    func race(adapter: StoreAdapter) async throws {
        try await adapter.withStores(clock: ManualClock(noon)) { store, again in
            for round in 0..<50 {
                let raced = try key("race/\(round)")
                let wins = await withTaskGroup(of: Bool.self) { group in
                    for writer in UInt8(0)..<16 {
                        group.addTask {
                            let store = writer % 2 == 0 ? store : again
                            return (try? await store.put([writer], for: raced, if: .absent)) != nil
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(wins == 1)
            }
        }
    }

    @Test("loses no update of writers that use versions", arguments: StoreAdapter.allCases)
    func counting(adapter: StoreAdapter) async throws {
        try await adapter.withStores(clock: ManualClock(noon)) { store, again in
            let counter = try key("counter")
            try await store.put([0], for: counter, if: .absent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    let store = writer % 2 == 0 ? store : again
                    group.addTask {
                        // One of eight writers wins each round, so forty rounds are enough for all.
                        for _ in 0..<(8 * 5) {
                            let entry = try await store.entry(for: counter)
                            let count = try #require(entry?.value.first)
                            let condition = StoreCondition(unchangedSince: entry)
                            do throws(Failure) {
                                try await store.put([count + 1], for: counter, if: condition)
                                return
                            } catch {
                                #expect(error.code == .conflict)
                            }
                        }
                        Issue.record("a writer never won")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await again.entry(for: counter)?.value == [8])
        }
    }

    @Test("shows one instance what another one wrote", arguments: StoreAdapter.allCases)
    func twoOpenings(adapter: StoreAdapter) async throws {
        try await adapter.withStores(clock: ManualClock(noon)) { store, again in
            let k = try key("shared/k")
            let first = try await store.put([1], for: k, if: .absent)
            let second = try await again.put([2], for: k, if: .version(first))
            await expectFailure(.conflict) { try await store.put([3], for: k, if: .version(first)) }
            #expect(try await store.entry(for: k) == StoreEntry(value: [2], version: second))
            #expect(try await store.allKeys(prefix: "") == [k])
            try await store.remove(k, if: .version(second))
            #expect(try await again.entry(for: k) == nil)
        }
    }

    @Test("accepts the largest value and refuses one byte more", arguments: StoreAdapter.allCases)
    func valueLimit(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            let largest = [UInt8](repeating: 10, count: StoreLimits.valueByteCountMax)
            try await store.put(largest, for: key("large"), if: .always)
            await expectFailure(.limitExceeded) {
                try await store.put(largest + [7], for: key("large"), if: .always)
            }
            #expect(try await store.entry(for: key("large"))?.value == largest)
        }
    }

    @Test("pages through keys in byte order", arguments: StoreAdapter.each(of: [1, 2, 1_000, 7]))
    func paging(adapter: StoreAdapter, limit: Int) async throws {
        try await adapter.withStore { store in
            let keys = try weirdKeys.map(key)
            for key in keys.reversed() { try await store.put([], for: key, if: .absent) }
            let long = String(repeating: "x", count: 200)
            for prefix in [
                "", "a", "a/", "a/b", "manifest/1001-", "manifest/1001-copilot/", "manifest/",
                "problems/", "l", "/", "%", long, "none", "ä",
            ] {
                let expected = keys.filter { $0.description.hasPrefix(prefix) }.sorted()
                var found: [StoreKey] = []
                for _ in 0...keys.count {  // A store that repeats a page must fail, not hang.
                    let page = try await store.keys(
                        prefix: prefix, after: found.last, limit: limit)
                    found += page
                    if page.count < limit { break }
                }
                #expect(found == expected, "after the prefix \(prefix)")
            }
        }
    }

    @Test("begins a page after an absent key", arguments: StoreAdapter.allCases)
    func cursorOfAbsentKey(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            for text in ["a/1", "a/3", "b"] { try await store.put([], for: key(text), if: .always) }
            let page = try await store.keys(prefix: "a/", after: key("a/2"), limit: 9)
            #expect(page == [try key("a/3")])
            #expect(try await store.keys(prefix: "a/", after: key("b"), limit: 9) == [])
        }
    }

    @Test("lists more keys than a page holds", arguments: StoreAdapter.allCases)
    func manyKeys(adapter: StoreAdapter) async throws {
        try await adapter.withStore { store in
            let keys = try (0..<(StoreLimits.pageKeyCountMax + 50)).map { try key("many/\($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<10 {
                    group.addTask {
                        for key in keys[(part * keys.count / 10)..<((part + 1) * keys.count / 10)] {
                            try await store.put([], for: key, if: .always)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.allKeys(prefix: "many/") == keys.sorted())
        }
    }

    @Test("treats an entry as absent once it has expired", arguments: StoreAdapter.allCases)
    func expiry(adapter: StoreAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withStore(clock: clock) { store in
            let k = try key("pending/k")
            let end = noon.advanced(by: .seconds(600))
            let version = try await store.put([1], for: k, if: .absent, until: end)
            clock.set(end.advanced(by: .milliseconds(-1)))
            #expect(try await store.entry(for: k)?.version == version)
            #expect(try await store.allKeys(prefix: "pending/") == [k])
            clock.set(end)
            #expect(try await store.entry(for: k) == nil)
            #expect(try await store.allKeys(prefix: "pending/") == [])
            await expectFailure(.conflict) {
                try await store.put([2], for: k, if: .version(version))
            }
            await expectFailure(.conflict) { try await store.remove(k, if: .version(version)) }
            let next = try await store.put([3], for: k, if: .absent)
            #expect(next != version)
            clock.advance(by: .seconds(86_400 * 365))
            #expect(try await store.entry(for: k)?.value == [3])
        }
    }

    @Test("keeps an entry while others expire next to it", arguments: StoreAdapter.allCases)
    func expiryBesideOthers(adapter: StoreAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withStore(clock: clock) { store in
            try await store.put([0], for: key("pending/forever"), if: .absent)
            for round in 0..<40 {
                let end = clock.now().advanced(by: .seconds(30))
                try await store.put([1], for: key("pending/\(round)"), if: .absent, until: end)
                clock.advance(by: .seconds(10))
            }
            let live = try ["pending/38", "pending/39", "pending/forever"].map(key)
            #expect(try await store.allKeys(prefix: "") == live)
        }
    }

    @Test("keeps every entry when it is migrated", arguments: StoreAdapter.allCases)
    func migration(adapter: StoreAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withStore(clock: clock) { store in
            #expect(try await store.allKeys(prefix: "") == [])
            var entries: [(key: StoreKey, entry: StoreEntry)] = []
            for (index, text) in weirdKeys.enumerated() {
                let (key, value) = (try key(text), [UInt8(truncatingIfNeeded: index)])
                let expiry = index % 3 == 0 ? noon.advanced(by: .seconds(60)) : nil
                let version = try await store.put(value, for: key, if: .absent, until: expiry)
                entries.append((key, StoreEntry(value: value, version: version)))
            }
            let isPending = adapter == .dynamoDBLayout1
            #expect((try await store.pendingMigration() != nil) == isPending)
            #expect(try await store.migrate() == (isPending ? entries.count : 0))
            #expect(try await store.pendingMigration() == nil)
            #expect(try await store.migrate() == 0)
            for (key, entry) in entries {
                #expect(try await store.entry(for: key) == entry, "\(key)")
            }
            #expect(try await store.allKeys(prefix: "") == entries.map(\.key).sorted())
            clock.advance(by: .seconds(60))
            let live = entries.indices.filter { $0 % 3 != 0 }.map { entries[$0].key }
            #expect(try await store.allKeys(prefix: "") == live.sorted())
        }
    }

    @Test(
        "behaves like the store in memory, step by step",
        arguments: StoreAdapter.each(of: [1, 2, 3, 4, 5] as [UInt64]).filter { $0.0 != .memory })
    func modelCheck(adapter: StoreAdapter, seed: UInt64) async throws {
        let clock = ManualClock(noon)
        try await adapter.withStores(clock: clock) { store, again in
            let model = MemoryStore(clock: clock)
            var generator = SeededGenerator(seed: seed)
            let keys = try weirdKeys.shuffled(using: &generator).prefix(6).map(key)
            // The same versions, from each of the two stores. The first one never occurs.
            var versions: [(model: StoreVersion, store: StoreVersion)] = [
                (StoreVersion(.max), StoreVersion(.max))
            ]
            let stepCount = adapter.isSlow ? 60 : 300
            for step in 0..<stepCount {
                let store = Bool.random(using: &generator) ? store : again
                let k = keys[Int.random(in: keys.indices, using: &generator)]
                let known = versions.suffix(9).randomElement(using: &generator) ?? versions[0]
                let (condition, sameCondition): (StoreCondition, StoreCondition) =
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: (.always, .always)
                    case 1: (.absent, .absent)
                    default: (.version(known.model), .version(known.store))
                    }
                switch Int.random(in: 0..<8, using: &generator) {
                case 0...3:
                    let value = [UInt8(truncatingIfNeeded: step)]
                    let life = Int.random(in: -1...40, using: &generator)
                    let expiry = life > 20 ? nil : clock.now().advanced(by: .seconds(life))
                    let expected = await outcome {
                        () throws(Failure) in
                        try await model.put(value, for: k, if: condition, until: expiry)
                    }
                    let found = await outcome { () throws(Failure) in
                        try await store.put(value, for: k, if: sameCondition, until: expiry)
                    }
                    switch (expected, found) {
                    case (.success(let one), .success(let other)): versions.append((one, other))
                    case (.failure(let one), .failure(let other)): #expect(one.code == other.code)
                    default: Issue.record("step \(step): \(expected) but \(found)")
                    }
                case 4:
                    let expected = await outcome { () throws(Failure) in
                        try await model.remove(k, if: condition)
                    }
                    let found = await outcome { () throws(Failure) in
                        try await store.remove(k, if: sameCondition)
                    }
                    #expect(code(of: expected) == code(of: found), "step \(step)")
                case 5: clock.advance(by: .seconds(Int.random(in: 0...15, using: &generator)))
                default: break
                }
                for k in keys {
                    let expected = try await model.entry(for: k)
                    let found = try await store.entry(for: k)
                    #expect(found?.value == expected?.value, "step \(step), \(k)")
                    let version = versions.first { $0.model == expected?.version }?.store
                    #expect(found?.version == version, "step \(step), \(k)")
                }
                #expect(try await store.allKeys(prefix: "") == model.allKeys(prefix: ""))
            }
            #expect(versions.count > stepCount / 6, "the walk wrote hardly any entries")
        }
    }
}

private func outcome<Success>(
    _ body: () async throws(Failure) -> Success
) async -> Result<Success, Failure> {
    do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
}

private func code<Success>(of result: Result<Success, Failure>) -> Failure.Code? {
    if case .failure(let failure) = result { failure.code } else { nil }
}
