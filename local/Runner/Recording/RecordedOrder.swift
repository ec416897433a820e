import Synchronization

/// Makes requests that were under way side by side begin and end in the recorded order.
///
/// A run may do things at the same time, and what it does next can depend on which of them ends first:
/// the first download that fails cancels the others. So whatever happened while an exchange was under
/// way happens again before the exchange goes on. Nothing is held back in a run that does one thing
/// after another.
///
/// If the function has changed since, something that is waited for may never happen. After a while
/// without progress, the recorded order is given up, and ``Player`` reports what is missing.
final class RecordedOrder: Sendable {
    private enum Cause: Sendable {
        /// Nothing with these numbers is outstanding.
        case turn(Range<Int>)
        /// The waiting task is cancelled.
        case cancellation
    }

    private struct Waiter {
        let cause: Cause
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        /// The numbers of what is certain to happen and has not happened.
        var outstanding: Set<Int>
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
        var isGivenUp = false

        func isOver(_ cause: Cause) -> Bool {
            guard !isGivenUp, case .turn(let numbers) = cause else { return isGivenUp }
            return numbers.allSatisfy { !outstanding.contains($0) }
        }

        mutating func takeReadyWaiters() -> [CheckedContinuation<Void, Never>] {
            let ready = waiters.filter { isOver($0.value.cause) }
            for id in ready.keys { waiters[id] = nil }
            return ready.values.map(\.continuation)
        }
    }

    private let patience: Duration
    private let state: Mutex<State>

    /// - Parameter patience: How long to wait for something before giving up the recorded order.
    init(of exchanges: [RecordedRun.Exchange], patience: Duration) {
        self.patience = patience
        // Whether something began before it was cancelled is a matter of chance.
        let certain = exchanges.filter { !$0.wasCancelled }
        state = Mutex(
            State(
                outstanding: Set(
                    certain.flatMap { [$0.began, $0.answered, $0.ended] }.compactMap(\.self))))
    }

    /// Notes that something happened.
    func happened(_ number: Int?) {
        guard let number else { return }
        let ready = state.withLock { state in
            state.outstanding.remove(number)
            return state.takeReadyWaiters()
        }
        for continuation in ready { continuation.resume() }
    }

    /// Returns when everything has happened that was recorded after `began` and before `number`.
    func turn(_ number: Int?, since began: Int?) async {
        guard let number, let began, began < number else { return }
        await wait(for: .turn(began..<number))
        happened(number)
    }

    /// Returns when the current task is cancelled.
    func cancellation() async { await wait(for: .cancellation) }

    private func wait(for cause: Cause) async {
        let id: Int? = state.withLock { state in
            guard !state.isOver(cause) else { return nil }
            state.nextWaiter += 1
            return state.nextWaiter
        }
        guard let id else { return }
        let watchdog = Task {
            if (try? await Task.sleep(for: patience)) != nil { giveUp() }
        }
        defer { watchdog.cancel() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if case .cancellation = cause, Task.isCancelled { return true }
                    guard !state.isOver(cause) else { return true }
                    state.waiters[id] = Waiter(cause: cause, continuation: continuation)
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            // The recorded order holds in a cancelled task too.
            guard case .cancellation = cause else { return }
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    private func giveUp() {
        let ready = state.withLock { state in
            state.isGivenUp = true
            return state.takeReadyWaiters()
        }
        for continuation in ready { continuation.resume() }
    }
}
