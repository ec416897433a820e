import Toolbox
import Domain
import Ports

/// A few quick attempts bridge a dropped connection.
///
/// A longer wait that GitHub asks for is left to the bus.
private let requestRetry = RetryPolicy(
    attemptCountMax: 3, firstWait: .milliseconds(500), waitMax: .seconds(10))

extension GitHubClient {
    /// Attempts an operation again after a failure that may pass.
    func persistently<Value>(
        _ attempt: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await requestRetry.run("asking GitHub", on: time, clock, entropy, attempt)
    }
}

extension GitHubClient {
    /// A request that ends before the invocation does.
    ///
    /// - Throws: `timedOut` if there is no time left for it.
    func inTime(_ request: HTTPClientRequest) throws(Failure) -> HTTPClientRequest {
        guard let left = Deadline.timeLeft(at: clock.now()) else { return request }
        guard left > .zero else {
            throw Failure(
                .timedOut, "the time for this invocation is used up; the rest is done later")
        }
        var request = request
        request.timeout = min(request.timeout, left)
        return request
    }
}
