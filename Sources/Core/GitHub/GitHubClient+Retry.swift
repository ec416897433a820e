import Domain
import Ports
import Toolbox

extension GitHubClient {
    /// Attempts an operation again after a failure that may pass.
    ///
    /// A few quick attempts bridge a dropped connection. A longer wait that GitHub asks for is left to
    /// the bus.
    func persistently<Value, Fault: RetryableError>(
        atMost attemptCountMax: Int = 3, _ attempt: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let policy = RetryPolicy(
            attemptCountMax: attemptCountMax, firstWait: .milliseconds(500), waitMax: .seconds(10))
        return try await policy.run("asking GitHub", on: time, clock, entropy, attempt)
    }
}

extension GitHubClient {
    /// The request with a timeout that ends before the ``Deadline``.
    ///
    /// - Throws: `timedOut` if no time is left.
    func inTime(_ request: HTTPClientRequest) throws(Failure) -> HTTPClientRequest {
        guard let left = Deadline.timeLeft(at: clock.now()) else { return request }
        guard left > .zero else {
            throw Failure(
                .timedOut, "this invocation has no time left, so GitHub was not asked")
        }
        var request = request
        request.timeout = min(request.timeout, left)
        return request
    }
}
