public import Domain
public import FunctionInterface
import Ports
import Synchronization
import Toolbox

/// Runs a recorded event again on the ports of its ``RecordedRun``, without a network, and compares.
public enum Player {
    /// Where a run was not what the tape says.
    public struct Difference: Codable, Hashable, Sendable {
        /// What differs: `result`, a request, a call of the store, a writing.
        public var what: String
        /// What the tape says.
        public var was: String
        /// What it is now.
        public var now: String

        /// Creates a difference.
        public init(_ what: String, was: String, now: String) {
            self.what = what
            self.was = was
            self.now = now
        }
    }

    /// Runs one event again.
    ///
    /// - Parameters:
    ///   - tape: The tape, bodies in memory.
    ///   - patience: How long to wait for a request that was recorded, before others are answered
    ///     without it.
    ///   - body: Runs the function on the ports and the event that it is given.
    /// - Returns: The differences; empty if the result is the same to the byte, and so is all that
    ///   was asked and written on the way.
    public static func play(
        _ tape: RecordedRun, patience: Duration = .seconds(10),
        _ body: (FunctionPorts, JSONValue) async -> Conclusion
    ) async -> [Difference] {
        let session = PlayingSession(tape, patience)
        let conclusion = await body(session.ports, tape.event).keeping()
        let (was, now) = (JSON.encode(tape.result), conclusion.document)
        var differences = session.differences()
        if was != now { differences.insert(.around("result", was, now), at: 0) }
        return differences
    }
}

extension Player.Difference {
    /// Shows the first place where two texts differ, with a little of what stands before.
    static func around(_ what: String, _ was: [UInt8], _ now: [UInt8]) -> Self {
        let same = zip(was, now).prefix { $0 == $1 }.count
        func excerpt(_ bytes: [UInt8]) -> String {
            guard !bytes.isEmpty else { return "nothing" }
            let start = max(0, same - 24)
            let text = String(decoding: bytes[start...].prefix(72), as: UTF8.self)
            return (start > 0 ? "…" : "") + text
        }
        return Self(what, was: excerpt(was), now: excerpt(now))
    }
}

/// What of a tape was not played yet, and what did not fit.
final class PlayingSession: Sendable {
    private struct State {
        var tape: RecordedRun
        var readings: Int = 0
        var misfits: [Player.Difference] = []
    }

    /// The order in which requests and responses were recorded.
    let order: RecordedOrder
    private let state: Mutex<State>
    private let mayCancel: Bool

    init(_ tape: RecordedRun, _ patience: Duration) {
        order = RecordedOrder(of: tape.exchanges, patience: patience)
        state = Mutex(State(tape: tape))
        mayCancel = tape.exchanges.contains { $0.failure != nil || 400... ~= $0.status ?? 0 }
    }

    var ports: FunctionPorts {
        FunctionPorts(
            transport: PlayingTransport(session: self), store: PlayingStore(session: self),
            clock: PlayingClock(session: self), entropy: PlayingEntropy(session: self),
            vault: PlayingVault(session: self), sink: PlayingSink(session: self))
    }

    /// Takes the first of `list` that matches off the tape.
    ///
    /// Things of the same name are taken in the order in which they happened; between things of
    /// different names the order is free, because they may have happened side by side.
    func take<Element: Sendable>(
        _ list: WritableKeyPath<RecordedRun, [Element]>, where matches: (Element) -> Bool
    ) -> Element? {
        state.withLock { state in
            guard let place = state.tape[keyPath: list].firstIndex(where: matches) else {
                return nil
            }
            return state.tape[keyPath: list].remove(at: place)
        }
    }

    /// Takes the next writing of samples about the collector; nil if there is none.
    func takeCollectorWriting() -> RecordedRun.Writing? {
        state.withLock { state in
            guard let writings = state.tape.collectorWritings, !writings.isEmpty else { return nil }
            return state.tape.collectorWritings?.removeFirst()
        }
    }

    func misfit(_ difference: Player.Difference) {
        state.withLock { $0.misfits.append(difference) }
    }

    /// Notes that something was not recorded.
    func missing(_ what: String) -> Failure {
        misfit(.init(what, was: "not recorded", now: "requested"))
        return Failure(.notFound, "\(what) was not recorded")
    }

    /// The failure of a request that was not recorded.
    ///
    /// Of two things at the same time, one that fails cancels the other, which may or may not have sent
    /// its next request by then. So a request that is cancelled is not a difference.
    func unrecorded(_ request: String) async -> Failure {
        if mayCancel { await order.cancellation() }
        return Task.isCancelled ? Failure(.cancelled, "\(request) was cancelled") : missing(request)
    }

    func compare(_ what: String, _ was: String, _ now: String) {
        if was != now { misfit(.around(what, Array(was.utf8), Array(now.utf8))) }
    }

    /// The next reading of the clock; the last one again when there are no more.
    func reading() -> Timestamp {
        state.withLock { state in
            let readings = state.tape.clock
            defer { state.readings += 1 }
            guard !readings.isEmpty else { return Timestamp(milliseconds: 0) }
            return readings[min(state.readings, readings.count - 1)]
        }
    }

    /// What did not fit, and what the tape has that was not asked for.
    func differences() -> [Player.Difference] {
        state.withLock { state in
            let left =
                state.tape.exchanges.filter { !$0.wasCancelled }.map(\.name)
                + state.tape.store.map(\.name)
                + state.tape.vault.map(\.name) + state.tape.writings.map(\.name)
                + (state.tape.collectorWritings ?? []).map(\.name)
            return state.misfits + left.map { .init($0, was: "recorded", now: "not requested") }
        }
    }
}
