import Domain
import Fakes
import InMemory
import Ports

/// A bus that applies every operation to a bus in memory, and then to the bus under test.
struct Twin: EventBus {
    /// The bus in memory, and its states before and after the last operation.
    actor Model {
        fileprivate let bus: MemoryBus
        private var deliveries: [String: EventDelivery] = [:]
        private var before: [QueuedEvent] = []

        init(clock: any WallClock) { bus = MemoryBus(clock: clock) }

        /// The events before and after the last operation.
        var aroundLast: (before: [QueuedEvent], after: [QueuedEvent]) {
            get async { (before, (try? await bus.queued()) ?? []) }
        }

        fileprivate func begin() async throws(Failure) { before = try await bus.queued() }

        fileprivate func pair(_ expected: [EventDelivery], _ found: [EventDelivery]) {
            for (expected, found) in zip(expected, found) { deliveries[found.receipt] = expected }
        }

        fileprivate func delivery(for receipt: String) throws(Failure) -> EventDelivery {
            guard let delivery = deliveries[receipt] else {
                throw Failure(.conflict, "the bus in memory has no such lease")
            }
            return delivery
        }
    }

    private let bus: any EventBus
    private let model: Model

    init(of bus: any EventBus, _ model: Model) {
        self.bus = bus
        self.model = model
    }

    func publish(_ events: [CloudEvent]) async throws(Failure) {
        try await model.begin()
        try await model.bus.publish(events)
        try await bus.publish(events)
    }

    func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery] {
        try await model.begin()
        let expected = try await model.bus.receive(countMax, lease: lease)
        let found = try await bus.receive(countMax, lease: lease)
        await model.pair(expected, found)
        return found
    }

    func settle(_ delivery: EventDelivery, as settlement: Settlement) async throws(Failure) {
        try await model.begin()
        let expected = try await model.delivery(for: delivery.receipt)
        try await model.bus.settle(expected, as: settlement)
        try await bus.settle(delivery, as: settlement)
    }

    func queued() async throws(Failure) -> [QueuedEvent] { try await bus.queued() }

    func redrive(_ ids: Set<String>?) async throws(Failure) -> Int {
        try await model.begin()
        _ = try await model.bus.redrive(ids)
        return try await bus.redrive(ids)
    }
}
