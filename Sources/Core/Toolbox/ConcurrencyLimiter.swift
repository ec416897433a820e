public import Domain
import Synchronization

/// Lets only so many in at once, in all and of each kind; the others wait, first come, first served.
public final class ConcurrencyLimiter: Sendable {
    private struct Waiting {
        let number: Int
        let kind: String
        let enter: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var inside: [String: Int] = [:]
        var insideCount = 0
        var waiting: [Waiting] = []
        var last = 0
    }

    private let total: Int
    private let each: Int
    private let state = Mutex(State())

    /// Creates a turnstile.
    ///
    /// - Parameters:
    ///   - total: The most that are inside at once.
    ///   - each: The most of one kind that are inside at once.
    public init(total: Int, each: Int = .max) {
        self.total = max(1, total)
        self.each = max(1, each)
    }

    /// How many wait.
    public var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Does something inside, as soon as there is room.
    ///
    /// - Parameters:
    ///   - kind: What it counts as.
    ///   - body: What is done.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or `cancelled` if the task is cancelled while it waits.
    public func pass<Value>(
        _ kind: String = "", _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard await enter(kind) else {
            throw Failure(.cancelled, "stopped while waiting for its turn")
        }
        defer { leave(kind) }
        return try await body()
    }

    /// Enters, and waits for room if it must; who entered has to ``leave(_:)``.
    ///
    /// - Returns: Whether there was room; not if the task was cancelled before.
    public func enter(_ kind: String = "") async -> Bool {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { enter in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if hasRoom(kind, state) {
                        Self.admit(kind, &state)
                        return true
                    }
                    state.waiting.append(Waiting(number: number, kind: kind, enter: enter))
                    return nil
                }
                if let answer { enter.resume(returning: answer) }
            }
        } onCancel: {
            let gone = state.withLock { state -> Waiting? in
                guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
                    return nil
                }
                return state.waiting.remove(at: place)
            }
            gone?.enter.resume(returning: false)
        }
    }

    /// Makes room: for the first in line that fits.
    public func leave(_ kind: String = "") {
        let next = state.withLock { state in
            state.insideCount -= 1
            state.inside[kind, default: 1] -= 1
            if state.inside[kind] == 0 { state.inside[kind] = nil }
            // One left, so at most one enters.
            guard let place = state.waiting.firstIndex(where: { hasRoom($0.kind, state) }) else {
                return Waiting?.none
            }
            let next = state.waiting.remove(at: place)
            Self.admit(next.kind, &state)
            return next
        }
        next?.enter.resume(returning: true)
    }

    private func hasRoom(_ kind: String, _ state: State) -> Bool {
        state.insideCount < total && state.inside[kind, default: 0] < each
    }

    private static func admit(_ kind: String, _ state: inout State) {
        state.insideCount += 1
        state.inside[kind, default: 0] += 1
    }
}
