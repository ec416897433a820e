public import Domain
public import Ports

/// How often to attempt an operation within one event, and how long to wait in between.
///
/// The waits are short: they bridge a dropped connection or a brief overload while the process
/// stays in memory. A longer outage is left to the event bus, whose ``RetrySchedule`` waits for
/// hours without a process.
///
///     let policy = RetryPolicy(attemptCountMax: 3, firstWait: .milliseconds(500), waitMax: .seconds(10))
///     let reply = try await policy.run("asking GitHub", on: time, wallClock, entropy) {
///         try await transport.send(request)
///     }
public struct RetryPolicy: Hashable, Sendable {
    /// The most attempts, the first one included.
    public var attemptCountMax: Int
    /// The ceiling of the wait after the first attempt.
    ///
    /// It doubles with every further attempt.
    public var firstWait: Duration
    /// The longest wait.
    ///
    /// When the other side asks for a longer one, the operation fails instead.
    public var waitMax: Duration
    /// The longest time from the first attempt to the end of the last wait; nil for no limit.
    public var totalTimeMax: Duration?
    /// Whether an operation whose first attempt is `unauthorized` is attempted again at once, because
    /// it renews its credentials by then.
    public var renewsCredentials: Bool
    /// The time that no wait may use before the ``Deadline``.
    ///
    /// Operations that the reserve is kept for, such as storing a result, set it to zero.
    public var reserve: Duration

    /// Creates a policy.
    public init(
        attemptCountMax: Int, firstWait: Duration, waitMax: Duration,
        totalTimeMax: Duration? = nil, renewsCredentials: Bool = false,
        reserve: Duration = Deadline.reserve
    ) {
        self.attemptCountMax = attemptCountMax
        self.firstWait = firstWait
        self.waitMax = waitMax
        self.totalTimeMax = totalTimeMax
        self.renewsCredentials = renewsCredentials
        self.reserve = reserve
    }

    /// Runs an operation until it succeeds, fails for good, or another attempt is not allowed.
    ///
    /// `rateLimited`, `timedOut` and `unavailable` are attempted again; see ``RetryPolicy`` for the
    /// limits.
    ///
    /// - Parameters:
    ///   - name: The operation as a gerund phrase, for the message of `cancelled`.
    ///   - time: Measures and performs the waits.
    ///   - wallClock: The current time, which is compared with the ``Deadline``.
    ///   - entropy: Spreads the waits of many callers.
    ///   - operation: One attempt.
    /// - Throws: The error of the last attempt, or `cancelled` if the task is cancelled while it waits.
    public func run<Value, Fault: RetryableError>(
        _ name: @autoclosure () -> String, on time: some Clock<Duration>,
        _ wallClock: any WallClock, _ entropy: any Entropy,
        _ operation: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let start = time.now
        var attempt = 1
        while true {
            do throws(Fault) {
                return try await operation()
            } catch {
                guard attempt < attemptCountMax,
                    let wait = wait(after: attempt, error.failure, entropy),
                    totalTimeMax.map({ start.duration(to: time.now) + wait <= $0 }) ?? true,
                    Deadline.allows(wait, at: wallClock.now(), keeping: reserve)
                else { throw error }
                guard (try? await time.sleep(for: wait)) != nil else {
                    throw Fault(Failure(.cancelled, "\(name()) was cancelled"))
                }
                attempt += 1
            }
        }
    }

    /// The wait before the next attempt; nil if another attempt is not worth making.
    private func wait(
        after attempt: Int, _ failure: Failure, _ entropy: any Entropy
    ) -> Duration? {
        switch failure.code {
        case .rateLimited, .timedOut, .unavailable:
            let wait =
                failure.delay
                ?? Backoff(first: firstWait, most: waitMax).wait(after: attempt, entropy)
            return wait <= waitMax ? wait : nil
        case .unauthorized where renewsCredentials && attempt == 1: return .zero
        default: return nil
        }
    }
}

/// An error that a ``RetryPolicy`` can judge, and report a cancellation as.
public protocol RetryableError: Error {
    /// The failure to judge.
    var failure: Failure { get }
    /// Creates an error from a failure of the policy itself.
    init(_ failure: Failure)
}

extension Failure: RetryableError {
    /// The failure itself.
    public var failure: Failure { self }
    /// Copies a failure.
    public init(_ failure: Failure) { self = failure }
}
