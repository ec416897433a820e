import Dispatch
import Synchronization

/// Something that happens once, for others to wait for: between tests and the threads they script.
public final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var nextTask = 0
        var tasks: [Int: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state = Mutex(State())
    private let threads = DispatchSemaphore(value: 0)

    /// Creates a gate that is shut.
    public init() {}

    /// Opens the gate for good.
    public func open() {
        let tasks = state.withLock { state in
            defer { state.tasks = [:] }
            state.isOpen = true
            return state.tasks.values
        }
        for task in tasks { task.resume() }
        threads.signal()
    }

    /// Returns once the gate is open.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first, as it is past a time limit.
    public func opened() async throws {
        let number = state.withLock { state in
            state.nextTask += 1
            return state.nextTask
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { task in
                state.withLock { state in
                    if state.isOpen {
                        task.resume()
                    } else if Task.isCancelled {
                        task.resume(throwing: CancellationError())
                    } else {
                        state.tasks[number] = task
                    }
                }
            }
        } onCancel: {
            let task = state.withLock { $0.tasks.removeValue(forKey: number) }
            task?.resume(throwing: CancellationError())
        }
    }

    /// Blocks this thread, which must be one of the caller's own, until the gate is open.
    public func block() {
        threads.wait()
        threads.signal()  // For the next one that waits.
    }
}
