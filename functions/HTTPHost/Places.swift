import Synchronization

/// A fixed number of places; who finds none free waits in line.
final class Places: Sendable {
    private struct State {
        var free: Int
        var nextNumber = 0
        var line: [(number: Int, task: CheckedContinuation<Bool, Never>)] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    /// How many wait in line.
    var waiting: Int { state.withLock { $0.line.count } }

    /// Takes a place, and waits for one if it must.
    ///
    /// - Returns: Whether there was one; not if the task was cancelled before.
    func take() async -> Bool {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { task in
                let isTaken = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.line.append((number, task))
                    return nil
                }
                if let isTaken { task.resume(returning: isTaken) }
            }
        } onCancel: {
            let task = state.withLock { state in
                state.line.firstIndex { $0.number == number }.map { state.line.remove(at: $0).task }
            }
            task?.resume(returning: false)
        }
    }

    /// Gives a place back: to the first in line, if there is one.
    func giveBack() {
        let next = state.withLock { state in
            guard state.line.isEmpty else { return Optional(state.line.removeFirst().task) }
            state.free += 1
            return nil
        }
        next?.resume(returning: true)
    }
}
