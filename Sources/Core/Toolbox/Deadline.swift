public import Domain

/// The time by which the caller of a function expects its result.
///
/// A platform ends a function that takes too long, and its result is lost. A wait that would pass the
/// deadline is therefore not started: the function fails, and the event bus retries it later without
/// holding a process.
public enum Deadline {
    /// The deadline of the current task; nil for none.
    @TaskLocal public static var current: Timestamp?

    /// The time to keep free before the deadline, for storing state and returning the result.
    public static let reserve: Duration = .seconds(5)

    /// Returns how long an operation may take.
    ///
    /// - Returns: The time until the ``reserve`` begins, negative if it has begun; nil for no limit.
    public static func timeLeft(at now: Timestamp) -> Duration? {
        current.map { $0.since(now) - reserve }
    }

    /// Returns whether a wait ends early enough for more work to follow.
    ///
    /// - Parameter reserve: The time to keep free after the wait.
    public static func allows(
        _ wait: Duration, at now: Timestamp, keeping reserve: Duration = reserve
    ) -> Bool {
        current.map { wait < $0.since(now) - reserve } ?? true
    }

    /// Runs an operation with a deadline.
    ///
    /// A nested call cannot extend the deadline.
    ///
    /// - Parameter deadline: The deadline; nil to keep the current one.
    public static func meeting<Value: Sendable>(
        _ deadline: Timestamp?, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let earliest = [deadline, current].compactMap(\.self).min()
        return try await $current.withValue(earliest) { () async -> Result<Value, Failure> in
            do throws(Failure) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }.get()
    }
}
