import Synchronization

/// Counts the requests to GitHub's API that a task and its children make, and keeps what its rate
/// limits leave.
public final class RequestMeter: Sendable {
    /// The meter of the current task, if somebody counts.
    @TaskLocal public static var current: RequestMeter?

    private struct State {
        var requestCount = 0
        var remaining: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// Creates a meter at zero.
    public init() {}

    /// The number of requests so far, those without a response included.
    public var requestCount: Int { state.withLock { $0.requestCount } }

    /// The requests that are left of each rate limit, by GitHub's name of it, such as `core`.
    public var remaining: [String: Int] { state.withLock { $0.remaining } }

    /// Counts a request.
    func begin() { state.withLock { $0.requestCount += 1 } }

    /// Notes the rate limit in the headers of a response.
    ///
    /// Source:
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>, "Checking
    /// the status of your rate limit".
    func note(_ fields: [String: String]) {
        guard let left = fields["x-ratelimit-remaining"].flatMap(Int.init), left >= 0 else {
            return
        }
        let resource = fields["x-ratelimit-resource"] ?? "core"
        state.withLock { $0.remaining[resource] = left }
    }
}
