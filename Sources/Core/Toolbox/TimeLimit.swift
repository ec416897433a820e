extension Clock where Duration == Swift.Duration {
    /// Runs an operation with a time limit.
    ///
    /// When the time is over, the method cancels the operation and waits for it to return.
    ///
    /// - Parameter body: The operation. It should return soon after a cancellation.
    /// - Returns: The operation's value, and whether the time was over first.
    public func limited<Value: Sendable>(
        to limit: Duration, _ body: @escaping @Sendable () async -> Value
    ) async -> (value: Value, isLate: Bool) {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask {
                try? await sleep(for: limit)
                return nil
            }
            var isLate = false
            for await value in group {
                group.cancelAll()
                if let value { return (value, isLate) }
                isLate = true
            }
            preconditionFailure("the operation always returns a value")
        }
    }
}
