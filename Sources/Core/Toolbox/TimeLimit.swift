extension Clock where Duration == Swift.Duration {
    /// Runs `body`, which is cancelled when the time is over and waited for even then.
    ///
    /// - Parameters:
    ///   - limit: How long it may take.
    ///   - body: What is run; it should end soon once its task is cancelled.
    /// - Returns: What it returns, and whether the time was over first.
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
            preconditionFailure("the body always returns")
        }
    }
}
