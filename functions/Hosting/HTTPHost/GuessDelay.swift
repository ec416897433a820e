public import Domain
import Toolbox

/// Delays the responses to wrong setup tokens, so that a short one cannot be guessed at the speed of the
/// network.
///
/// A right token is never delayed.
public struct GuessDelay: Sendable {
    /// How many wrong tokens are answered at once; each takes ``time``.
    private static let parallel = 4

    private let places = ConcurrencyLimiter(total: parallel)
    private let time: Duration
    private let clock: any Clock<Duration>

    /// Creates a delay.
    ///
    /// - Parameters:
    ///   - time: How long each response takes at least.
    ///   - clock: Paces the responses.
    public init(_ time: Duration = .seconds(1), on clock: any Clock<Duration>) {
        self.time = time
        self.clock = clock
    }

    /// Returns a response, later if it refuses a token.
    ///
    /// - Parameter event: The request. One without a token was no guess.
    public func passing(
        _ response: HTTPServerResponse, to event: WebEvent
    ) async -> HTTPServerResponse {
        let isGuess = event.query["token"] != nil || event.headers["authorization"] != nil
        guard response.status == 401, isGuess, await places.enter() else { return response }
        defer { places.leave() }
        try? await clock.sleep(for: time)
        return response
    }
}
