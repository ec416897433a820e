public import Domain

extension Array where Element: Sendable {
    /// Maps the elements concurrently.
    ///
    /// - Parameter countMax: The most elements to map at once; at least 1.
    /// - Returns: The results in the order of the elements.
    /// - Throws: A failure. The method then begins no further operation, cancels the running ones and
    ///   waits for them. Of several failures it throws that of the first element, leaving out
    ///   `cancelled` if there is another: which operation fails first is a matter of timing, and a
    ///   result must not be.
    public func concurrentMap<Value: Sendable>(
        atMost countMax: Int,
        _ transform: @escaping @Sendable (Element) async throws(Failure) -> Value
    ) async throws(Failure) -> [Value] {
        // One element needs no group of tasks, whose types take a start a while to make.
        guard count > 1 else {
            var results: [Value] = []
            for element in self { results.append(try await transform(element)) }
            return results
        }
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
            var failures: [(index: Int, failure: Failure)] = []
            while let (index, result) = await group.next() {
                switch result {
                case .success(let value): results[index] = value
                case .failure(let failure):
                    failures.append((index, failure))
                    group.cancelAll()
                }
                if failures.isEmpty { begin() }
            }
            failures.sort { $0.index < $1.index }
            let failure = failures.first { $0.failure.code != .cancelled } ?? failures.first
            return failure.map { .failure($0.failure) } ?? .success(results.compactMap { $0 })
        }
        return try ending.get()
    }
}
