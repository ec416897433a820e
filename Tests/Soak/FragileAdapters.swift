import Domain
import InMemory
import Ports
import Synchronization

/// A store that some calls do not reach, or that is not heard.
struct FragileStore: KeyValueStore {
    let store: MemoryStore
    let process: FragileProcess

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try await process.step(.store) { () async throws(Failure) in
            try await store.entry(for: key)
        }
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        if condition != .always, process.conflicts() {
            throw Failure(.conflict, "\(key) is not as it was read")
        }
        return try await process.step(.store) { () async throws(Failure) in
            try await store.put(value, for: key, if: condition, until: expiry)
        }
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try await process.step(.store) { () async throws(Failure) in
            try await store.remove(key, if: condition)
        }
    }

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try await process.step(.store) { () async throws(Failure) in
            try await store.keys(prefix: prefix, after: cursor, limit: limit)
        }
    }
}

/// A queue that knows nothing of the store: the weakest case there is.
final class FragileQueue: EventQueue {
    private let queue: MemoryBus
    private let process: FragileProcess
    private let again = Mutex<EventDelivery?>(nil)

    init(queue: MemoryBus, process: FragileProcess) {
        self.queue = queue
        self.process = process
    }

    func publish(_ events: [CloudEvent]) async throws(Failure) {
        // Each on its own: a publishing that stops half-way has taken some of them.
        for event in events {
            try await process.step(.queue) { () async throws(Failure) in
                try await queue.publish([event])
            }
        }
    }

    func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery] {
        if let delivery = again.withLock({ $0.take() }) { return [delivery] }
        return try await process.step(.queue) { () async throws(Failure) in
            let deliveries = try await queue.receive(countMax, lease: lease)
            if let first = deliveries.first, process.repeats() { again.withLock { $0 = first } }
            return deliveries
        }
    }

    func settle(_ delivery: EventDelivery, as settlement: Settlement) async throws(Failure) {
        try await process.step(.queue) { () async throws(Failure) in
            try await queue.settle(delivery, as: settlement)
        }
    }
}

/// The way to GitHub, on which the process may die.
struct FragileTransport: HTTPTransport {
    let transport: any HTTPTransport
    let process: FragileProcess

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        try await process.step(.other) { () async throws(Failure) in
            try await transport.send(request)
        }
    }
}

/// A clock that may be wrong.
struct FragileClock: WallClock {
    let clock: ManualClock
    /// How far it is ahead.
    let offset: Duration

    func now() -> Timestamp { clock.now().advanced(by: offset) }
}
