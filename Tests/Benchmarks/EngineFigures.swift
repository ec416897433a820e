import Domain
import FileBus
import FileStore
import Ports
import Postgres
import SystemClock
import TestSupport

/// How many operations a second an engine of store and bus does, asked for one after another.
struct EngineFigures: Codable {
    /// One operation.
    struct Row: Codable {
        var what: String
        var operationsPerSecond: Double
    }

    var name: String
    var rows: [Row] = []

    /// Measures in a folder and on a server that are removed afterwards.
    static func measured(operations count: Int) async throws -> [EngineFigures] {
        let clock = SystemClock()
        let files = try await withTemporaryFolder { folder in
            try await measured(
                "files", FileStore(folder: "\(folder)/store", clock: clock),
                FileBus(folder: "\(folder)/bus", clock: clock), count)
        }
        let postgres = try await PostgresServer.with { server in
            let address = try PostgresAddress(
                server.url(try await server.makeDatabase()), variable: "the bench's database")
            let database = PostgresDatabase(address)
            return try await measured(
                "PostgreSQL", PostgresStore(database, clock: clock),
                PostgresBus(database, clock: clock), count)
        }
        return [files, postgres]
    }

    private static func measured(
        _ name: String, _ store: any KeyValueStore, _ bus: any EventBus, _ count: Int
    ) async throws -> EngineFigures {
        var figures = EngineFigures(name: name)
        try await figures.measure(store, count)
        try await figures.measure(bus, count)
        return figures
    }

    private mutating func measure(_ store: any KeyValueStore, _ count: Int) async throws {
        // About what a manifest is.
        let value = [UInt8](repeating: 0x20, count: 1_000)
        let keys = (0..<count).compactMap { StoreKey("bench/\($0)") }
        try await measure("store: put", count) { number in
            try await store.put(value, for: keys[number], if: .absent)
        }
        try await measure("store: read", count) { number in
            _ = try await store.entry(for: keys[number])
        }
        try await measure("store: list a page of 1,000", 20) { _ in
            _ = try await store.keys(prefix: "bench/", after: nil, limit: 1_000)
        }
    }

    private mutating func measure(_ bus: any EventBus, _ count: Int) async throws {
        let now = SystemClock().now()
        let events = (0..<count).map { number in
            CloudEvent(id: "bench/\(number)", type: .tick, time: now, data: .object([:]))
        }
        try await measure("bus: publish", count) { number in
            try await bus.publish([events[number]])
        }
        try await measure("bus: receive and settle", count) { _ in
            for delivery in try await bus.receive(1, lease: .seconds(60)) {
                try await bus.settle(delivery, as: .done)
            }
        }
    }

    private mutating func measure(
        _ what: String, _ count: Int, _ operation: (Int) async throws -> Void
    ) async throws {
        var watch = Stopwatch()
        try await watch.count { () async throws -> Void in
            for number in 0..<count { try await operation(number) }
        }
        rows.append(Row(what: what, operationsPerSecond: Double(count) / watch.seconds))
    }
}
