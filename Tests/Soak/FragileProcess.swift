import Domain
import Fakes
import Synchronization

/// What stands between the functions and their store, queue, GitHub and backend for as long as one
/// process lives: it counts their calls, lets some fail, and ends the process where the plan says.
final class FragileProcess: Sendable {
    /// How often calls fail, in a thousand.
    struct Faults: Sendable {
        var store = 0
        var queue = 0
        /// How often an event is delivered once more after it was handled.
        var twice = 0
        /// After how many calls the process dies; nil if it lives.
        var deathAfter: Int?
    }

    private struct State {
        var left: Int
        var random: SeededGenerator
        var counts: [String: Int] = [:]
    }

    private let faults: Faults
    private let state: Mutex<State>

    init(_ faults: Faults, seed: UInt64) {
        self.faults = faults
        state = Mutex(State(left: faults.deathAfter ?? .max, random: SeededGenerator(seed: seed)))
    }

    var isDead: Bool { state.withLock { $0.left < 0 } }

    /// How often what went wrong.
    var counts: [String: Int] { state.withLock { $0.counts } }

    func note(_ fault: String) { state.withLock { $0.counts[fault, default: 0] += 1 } }

    /// Whether something that happens so often in a thousand times happens now.
    func happens(_ perMille: Int) -> Bool {
        perMille > 0
            && state.withLock { Int.random(in: 0..<1_000, using: &$0.random) < perMille }
    }

    private enum Fate { case taken, refused, takenUnheard }

    /// Makes a call, unless the process is dead by then or the call fails: then it may have been taken
    /// all the same.
    func step<Result>(
        _ place: Place, _ call: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let (fate, isDead) = fate(at: place)
        switch fate {
        case .taken: return try await call()
        case .takenUnheard: _ = try await call()
        case .refused: break
        }
        guard !isDead else { throw Failure(.unavailable, "the process is gone") }
        throw happens(300)
            ? Failure(.timedOut, "no answer in time") : Failure(.unavailable, "no answer")
    }

    enum Place { case store, queue, other }

    private func fate(at place: Place) -> (Fate, isDead: Bool) {
        let perMille =
            switch place {
            case .store: faults.store
            case .queue: faults.queue
            case .other: 0
            }
        return state.withLock { state in
            if state.left < 0 { return (.refused, true) }
            state.left -= 1
            if state.left < 0 {
                state.counts["process: kills between two steps", default: 0] += 1
                return (Bool.random(using: &state.random) ? .takenUnheard : .refused, true)
            }
            guard perMille > 0, Int.random(in: 0..<1_000, using: &state.random) < perMille else {
                return (.taken, false)
            }
            let name = place == .store ? "store: failed calls" : "bus: failed calls"
            state.counts[name, default: 0] += 1
            return (Bool.random(using: &state.random) ? .takenUnheard : .refused, false)
        }
    }

    /// Whether a write meets another one, as it seems to the writer.
    func conflicts() -> Bool {
        guard !isDead, happens(faults.store) else { return false }
        note("store: conflicting writes")
        return true
    }

    /// Whether the queue delivers an event once more.
    func repeats() -> Bool {
        guard !isDead, happens(faults.twice) else { return false }
        note("bus: events delivered twice")
        return true
    }
}
