extension Clock where Duration == Swift.Duration {
    /// Runs an operation with a time limit.
    ///
    /// When the time is over, the method cancels the operation and waits for it to return.
    ///
    /// - Parameter body: The operation. It should return soon after a cancellation.
    /// - Returns: The operation's value, and whether the time was over first. The caller's cancellation
    ///   cancels the operation as well, and does not count as lateness.
    public func limited<Value: Sendable>(
        to limit: Duration, _ body: @escaping @Sendable () async -> Value
    ) async -> (value: Value, isLate: Bool) {
        await withTaskGroup(of: TimeLimitEvent<Value>.self) { group in
            group.addTask { .value(await body()) }
            group.addTask { (try? await sleep(for: limit)) == nil ? .cancelled : .timeIsOver }
            var isLate = false
            for await event in group {
                switch event {
                case .value(let value):
                    group.cancelAll()
                    return (value, isLate)
                case .timeIsOver:
                    group.cancelAll()
                    isLate = true
                case .cancelled: break
                }
            }
            preconditionFailure("the operation always returns a value")
        }
    }
}

/// What ended first: the operation, the time, or the sleep because the caller was cancelled.
private enum TimeLimitEvent<Value: Sendable>: Sendable {
    case value(Value)
    case timeIsOver
    case cancelled
}
