public import Domain
import Synchronization

/// A semaphore that limits concurrent operations, in total and per kind.
///
/// Waiting callers are served in order of arrival.
///
///     let limiter = ConcurrencyLimiter(total: 50, each: 10)
///     let reply = try await limiter.pass("api.github.com") { try await transport.send(request) }
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

    /// Creates a limiter.
    ///
    /// - Parameters:
    ///   - total: The most concurrent operations; at least 1.
    ///   - each: The most concurrent operations of one kind; at least 1.
    public init(total: Int, each: Int = .max) {
        self.total = max(1, total)
        self.each = max(1, each)
    }

    /// The number of waiting callers.
    public var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Waits for a permit, runs an operation and releases the permit.
    ///
    /// - Parameter kind: The kind of operation, for the limit per kind.
    /// - Throws: The error of `body`, or `cancelled` if the task is cancelled while it waits.
    public func pass<Value>(
        _ kind: String = "", _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard await enter(kind) else {
            throw Failure(.cancelled, "the task was cancelled while it waited for its turn")
        }
        defer { leave(kind) }
        return try await body()
    }

    /// Waits for a permit.
    ///
    /// The caller releases it with ``leave(_:)``.
    ///
    /// - Returns: False if the task was cancelled while it waited; then there is no permit.
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

    /// Releases a permit, and passes it to the first waiting caller whose kind has room.
    public func leave(_ kind: String = "") {
        let next = state.withLock { state in
            state.insideCount -= 1
            state.inside[kind, default: 1] -= 1
            if state.inside[kind] == 0 { state.inside[kind] = nil }
            // One permit is free, so at most one caller gets it.
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
