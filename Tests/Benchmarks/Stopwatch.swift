/// Time that is only counted while something is done.
struct Stopwatch {
    private(set) var elapsed = Duration.zero

    /// The time counted so far.
    var seconds: Double { elapsed / .seconds(1) }

    /// Counts the time that `body` takes.
    mutating func count<Result, Problem: Error>(
        _ body: () throws(Problem) -> Result
    ) throws(Problem) -> Result {
        let start = ContinuousClock.now
        defer { elapsed += start.duration(to: .now) }
        return try body()
    }

    /// Counts the time until `body` returns.
    mutating func count<Result, Problem: Error>(
        _ body: () async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        let start = ContinuousClock.now
        defer { elapsed += start.duration(to: .now) }
        return try await body()
    }
}
