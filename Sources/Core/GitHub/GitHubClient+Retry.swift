import Toolbox
import Domain
import Ports

/// How often, and after what wait, something is tried again within one event.
///
/// These few quick tries get past a dropped connection. An outage is for the bus, whose waits are
/// longer and hold no process.
enum Tries {
    static let countMax = 3
    /// The longest wait that GitHub may ask for and still be waited for here.
    static let waitMax: Duration = .seconds(10)
    static let backoff = Backoff(first: .milliseconds(500), most: waitMax)
}

extension GitHubClient {
    /// Tries until it succeeds, cannot succeed, or was tried often enough.
    func persistently<Result>(
        _ attempt: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        for failed in 1..<Tries.countMax {
            do {
                return try await attempt()
            } catch {
                guard let wait = wait(after: error, failed: failed),
                    Deadline.allows(wait, at: clock.now())
                else { throw error }
                do {
                    try await time.sleep(for: wait)
                } catch {
                    throw Failure(.cancelled, "stopped while waiting to ask GitHub again")
                }
            }
        }
        return try await attempt()
    }

    /// How long to wait before the next try; nil if there should be none.
    private func wait(after failure: Failure, failed: Int) -> Duration? {
        switch failure.code {
        case .unavailable, .timedOut, .rateLimited: break
        default: return nil
        }
        if let asked = failure.delay { return asked <= Tries.waitMax ? asked : nil }
        return Tries.backoff.wait(after: failed, entropy)
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
