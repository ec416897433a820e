import InMemory
import Domain
import Fakes
import FileBus
import Ports
import Postgres
import TestSupport
import Testing

/// Every bus there is; a new adapter is one more case here and nothing else in this file.
enum BusAdapter: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory
    case file
    case postgres

    var testDescription: String { rawValue }

    /// Lends two openings of one fresh, empty bus to `body`, and clears up after it.
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
        }
    }

    func withBus(
        clock: any WallClock = ManualClock(noon), _ body: (any EventBus) async throws -> Void
    ) async throws {
        try await withBuses(clock: clock) { bus, _ in try await body(bus) }
    }
}

/// Every queue there is: each bus, and what is a queue and no bus.
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

    /// Lends a fresh, empty queue to `body`, and clears up after it.
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

/// A queue and what a test does to the world around it.
struct QueueBench: Sendable {
    let queue: any EventQueue
    /// Another opening of the same queue.
    let again: any EventQueue
    /// Lets time pass for the queue.
    let pass: @Sendable (Duration) async throws -> Void
    /// Looks at what failed for good, in any order.
    let dead: @Sendable () async throws -> [QueuedEvent]
}

let noon = Timestamp(seconds: 1_795_262_400)
let lease = Duration.seconds(300)

func event(_ id: String, data: JSONValue = .object([:])) -> CloudEvent {
    CloudEvent(id: id, type: .collect, subject: "acme/2026-11-21", time: noon, data: data)
}

func events(_ ids: String...) -> [CloudEvent] { ids.map { event($0) } }

extension EventQueue {
    /// Lends one event, which must be there.
    func receiveOne() async throws -> EventDelivery {
        try #require(try await receive(1, lease: lease).first)
    }

    func receivedIDs(_ countMax: Int = 100) async throws -> [String] {
        try await receive(countMax, lease: lease).map(\.event.id)
    }

    /// Lends all that is due, however little a queue lends at once.
    func receiveAll() async throws -> [EventDelivery] {
        var all: [EventDelivery] = []
        while case let some = try await receive(100, lease: lease), !some.isEmpty { all += some }
        return all
    }
}
