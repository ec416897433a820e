public import Domain
public import Lifecycle
public import Logging
public import Ports
import Toolbox
import Worker

/// Publishes the daily tick when it is due, and one tick for all that were missed.
public struct Ticker: Sendable {
    private let schedule: DailySchedule
    private let bus: any EventBus
    private let store: any KeyValueStore
    private let isReady: @Sendable () async -> Bool

    /// Creates a ticker.
    ///
    /// - Parameters:
    ///   - schedule: The times at which a tick is due.
    ///   - bus: The bus to publish ticks to.
    ///   - store: Keeps the time of the last tick.
    ///   - isReady: Whether a tick can do anything; while not, none is published.
    public init(
        _ schedule: DailySchedule, bus: any EventBus, store: any KeyValueStore,
        isReady: @escaping @Sendable () async -> Bool = { true }
    ) {
        self.schedule = schedule
        self.bus = bus
        self.store = store
        self.isReady = isReady
    }

    /// Publishes ticks until `stop` is raised or the task is cancelled.
    ///
    /// - Parameters:
    ///   - stop: When raised, no more ticks are published.
    ///   - clock: Decides what is due.
    ///   - time: Paces the checks.
    ///   - logger: Logs ticks that could not be published; they are retried.
    public func run(
        until stop: StopSign, clock: any WallClock, time: any Clock<Duration>, logger: Logger
    ) async {
        while !stop.isRaised, !Task.isCancelled {
            let now = clock.now()
            do throws(Failure) {
                let count = try await sendDue(at: now)
                if count > 0 {
                    let what = count == 1 ? "A daily tick was" : "\(count) daily ticks were"
                    logger.warning(
                        "\(what) missed, because nothing was running: one tick makes up for it",
                        metadata: ["missed": "\(count)"])
                }
            } catch {
                logger.error("Cannot publish the daily tick: \(error.message)")
            }
            // Short, so that a machine that wakes from sleep is not late by much.
            let pause = min(schedule.next(after: now).since(now), .seconds(30))
            guard (try? await time.sleep(for: pause)) != nil else { return }
        }
    }

    /// Publishes the tick that is due, if one is.
    ///
    /// The time is stored after publishing: a crash in between repeats a tick, which is harmless.
    ///
    /// - Returns: How many ticks were missed by more than an hour.
    /// - Throws: What the bus or the store throws.
    @discardableResult
    public func sendDue(at now: Timestamp) async throws(Failure) -> Int {
        let entry = try await store.readableEntry(for: .lastTick)
        let last = try entry.map { entry throws(Failure) in try Self.moment(entry.value) } ?? nil
        // One tick replaces all that were missed, because it looks for missing days.
        let due = schedule.due(
            after: last ?? now.advanced(by: .seconds(-86_400)), through: now, countMax: 1)
        guard let moment = due.last, await isReady() else { return 0 }
        try await bus.publish([.tick(at: moment)])
        try await store.put(
            Stored.encode(LastTick(at: moment), for: .lastTick), for: .lastTick, if: .always,
            until: nil)
        guard let last else { return 0 }
        return schedule.due(
            after: last, through: now.advanced(by: .seconds(-3_600)), countMax: 366
        ).count
    }

    // Before values had versions, it was plain text. One that is damaged counts as none.
    private static func moment(_ value: [UInt8]) throws(Failure) -> Timestamp? {
        if let moment = Timestamp(String(decoding: value, as: UTF8.self)) { return moment }
        do throws(Failure) {
            return try Stored.decode(LastTick.self, from: value, at: .lastTick).at
        } catch  where error.code == .unreadableState {
            return nil
        }
    }
}

extension StoreKey {
    /// The time of the last daily tick that the local runner published.
    fileprivate static let lastTick = make("runner/last-tick")

    /// Where the virtual clock of a demo stopped.
    static let virtualClock = make("runner/virtual-clock")

    /// Where the local runner listens.
    static let runnerAddress = make("runner/address")

    private static func make(_ text: String) -> StoreKey {
        guard let key = StoreKey(text) else { preconditionFailure("the key is printable ASCII") }
        return key
    }
}
