public import Domain

extension Array where Element: Sendable {
    /// Maps the elements concurrently.
    ///
    /// - Parameter countMax: The most elements to map at once; at least 1.
    /// - Returns: The results in the order of the elements.
    /// - Throws: The first failure. The method cancels the running operations and waits for them.
    public func concurrentMap<Value: Sendable>(
        atMost countMax: Int,
        _ transform: @escaping @Sendable (Element) async throws(Failure) -> Value
    ) async throws(Failure) -> [Value] {
        let ending = await withTaskGroup(
            of: (index: Int, result: Result<Value, Failure>).self,
            returning: Result<[Value], Failure>.self
        ) { group in
            var results = [Value?](repeating: nil, count: count)
            var begun = 0
            func begin() {
                guard begun < count else { return }
                let (index, element) = (begun, self[begun])
                begun += 1
                group.addTask {
                    do throws(Failure) {
                        return (index, .success(try await transform(element)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for _ in 0..<Swift.max(1, countMax) { begin() }
            while let (index, result) = await group.next() {
                switch result {
                case .success(let value): results[index] = value
                case .failure(let failure):
                    group.cancelAll()
                    return .failure(failure)
                }
                begin()
            }
            return .success(results.compactMap { $0 })
        }
        return try ending.get()
    }
}
