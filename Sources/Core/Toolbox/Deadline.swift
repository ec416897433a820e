public import Domain

/// When whoever called a function gives up waiting for it.
///
/// A platform ends a function that takes too long, and nobody learns what it did. So a wait that
/// would not end in time is not begun: the failure that asked for it goes to the bus, which waits
/// without holding a process.
public enum Deadline {
    /// The deadline of the call that this task works for; nil if nobody gives up.
    @TaskLocal public static var current: Timestamp?

    /// What is kept free before the deadline: for the manifest, and for the answer's way back.
    public static let reserve: Duration = .seconds(5)

    /// Says how long something may take from now on.
    ///
    /// - Parameter now: The present.
    /// - Returns: The time left, negative if there is none; nil if it is not limited.
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

    /// Does something under a deadline; the earlier one of two holds.
    ///
    /// - Parameters:
    ///   - deadline: When the caller gives up; nil changes nothing.
    ///   - body: What is done.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
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
