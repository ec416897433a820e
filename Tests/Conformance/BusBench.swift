import Domain
import Fakes
import FileBus
import InMemory
import Ports
import Postgres
import TestSupport
import Testing

/// Every bus.
///
/// A new adapter is a new case.
enum BusAdapter: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory
    case file
    case postgres
    case postgresBehindPgBouncer

    var testDescription: String { rawValue }

    /// Runs `body` with two instances for one new, empty bus, and removes it afterwards.
    func withBuses(
        clock: any WallClock, _ body: (any EventBus, any EventBus) async throws -> Void
    ) async throws {
        switch self {
        case .memory:
            let bus = MemoryBus(clock: clock)
            try await body(bus, bus)
        case .file:
            try await withTemporaryFolder { folder in
                try await body(
                    try FileBus(folder: folder, clock: clock),
                    try FileBus(folder: folder, clock: clock))
            }
        case .postgres:
            try await SharedPostgres.withDatabase { url, _ in
                let address = try PostgresAddress(url, variable: "EVENT_BUS")
                try await body(
                    PostgresBus(PostgresDatabase(address), clock: clock),
                    PostgresBus(PostgresDatabase(address), clock: clock))
            }
        case .postgresBehindPgBouncer:
            try await SharedPostgres.withPooledDatabase { url in
                let address = try PostgresAddress(url, variable: "EVENT_BUS")
                try await body(
                    PostgresBus(PostgresDatabase(address), clock: clock),
                    PostgresBus(PostgresDatabase(address), clock: clock))
            }
        }
    }

    func withBus(
        clock: any WallClock = ManualClock(noon), _ body: (any EventBus) async throws -> Void
    ) async throws {
        try await withBuses(clock: clock) { bus, _ in try await body(bus) }
    }
}

/// Every queue: each bus, and the queue that is not a bus.
enum QueueAdapter: CaseIterable, Sendable, CustomTestStringConvertible {
    case bus(BusAdapter)
    case sqs

    static var allCases: [Self] { BusAdapter.allCases.map(Self.bus) + [.sqs] }

    var testDescription: String {
        switch self {
        case .bus(let adapter): adapter.testDescription
        case .sqs: "sqs"
        }
    }

    /// Runs `body` with a new, empty queue, and removes it afterwards.
    func withQueue(_ body: (QueueBench) async throws -> Void) async throws {
        switch self {
        case .bus(let adapter):
            let clock = ManualClock(noon)
            try await adapter.withBuses(clock: clock) { bus, again in
                try await body(
                    QueueBench(
                        queue: bus, again: again, pass: { clock.advance(by: $0) },
                        dead: { try await again.queued().filter { $0.due == nil } }))
            }
        case .sqs:
            let moto = try MotoScope.running()
            let queue = try await moto.queue()
            try await body(
                QueueBench(
                    queue: try MotoScope.queue(queue.url), again: try MotoScope.queue(queue.url),
                    pass: { try await moto.advance(by: $0) },
                    dead: { try await moto.messages(in: queue.deadURL).map(MotoScope.dead) }))
        }
    }
}

/// A queue, and the functions with which a test controls it.
struct QueueBench: Sendable {
    let queue: any EventQueue
    /// Another instance for the same queue.
    let again: any EventQueue
    /// Moves the time of the queue.
    let pass: @Sendable (Duration) async throws -> Void
    /// Lists the dead letters, in any order.
    let dead: @Sendable () async throws -> [QueuedEvent]
}

let noon = Timestamp(seconds: 1_795_262_400)
let lease = Duration.seconds(300)

func event(_ id: String, data: JSONValue = .object([:])) -> CloudEvent {
    CloudEvent(id: id, type: .collect, subject: "acme/2026-11-21", time: noon, data: data)
}

func events(_ ids: String...) -> [CloudEvent] { ids.map { event($0) } }

extension EventQueue {
    /// Receives one event, which must be due.
    func receiveOne() async throws -> EventDelivery {
        try #require(try await receive(1, lease: lease).first)
    }

    func receivedIDs(_ countMax: Int = 100) async throws -> [String] {
        try await receive(countMax, lease: lease).map(\.event.id)
    }

    /// Receives all events that are due, in as many calls as the queue needs.
    func receiveAll() async throws -> [EventDelivery] {
        var all: [EventDelivery] = []
        while case let some = try await receive(100, lease: lease), !some.isEmpty { all += some }
        return all
    }
}
