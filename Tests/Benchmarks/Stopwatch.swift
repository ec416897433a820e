import Glibc

/// Time that is only counted while something is done.
struct Stopwatch {
    /// The time that passed.
    private(set) var seconds = 0.0
    /// The time that the process had a core, all its threads together: on a busy machine it is
    /// less, and what others do does not change it.
    private(set) var coreSeconds = 0.0
    private var beginning: (seconds: Double, coreSeconds: Double)?

    /// Counts the time that `body` takes.
    mutating func count<Result, Problem: Error>(
        _ body: () throws(Problem) -> Result
    ) throws(Problem) -> Result {
        let start = Self.now
        defer { add(since: start) }
        return try body()
    }

    /// Counts the time until `body` returns.
    mutating func count<Result, Problem: Error>(
        _ body: () async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        let start = Self.now
        defer { add(since: start) }
        return try await body()
    }

    /// Counts the time until ``stop()``.
    mutating func start() { beginning = Self.now }

    /// Ends what ``start()`` began; without it, nothing is counted.
    mutating func stop() {
        if let beginning { add(since: beginning) }
        beginning = nil
    }

    private mutating func add(since start: (seconds: Double, coreSeconds: Double)) {
        let end = Self.now
        seconds += end.seconds - start.seconds
        coreSeconds += end.coreSeconds - start.coreSeconds
    }

    private static var now: (seconds: Double, coreSeconds: Double) {
        (reading(CLOCK_MONOTONIC), reading(CLOCK_PROCESS_CPUTIME_ID))
    }

    private static func reading(_ clock: clockid_t) -> Double {
        var time = timespec()
        // Both clocks are there on every Linux, and the time is lent for the call.
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
