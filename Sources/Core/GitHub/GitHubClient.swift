public import Toolbox
public import Ports

/// GitHub, as far as this system asks it.
///
/// It remembers nothing between two calls beside how many are under way. What GitHub refuses becomes a ``Failure`` by one table,
/// `Refusal`; what may pass is tried again a few times at once, and beyond that is the caller's.
/// Source of every address: <https://docs.github.com/en/rest?apiVersion=2026-03-10>.
public struct GitHubClient: Sendable {
    /// The version of the interface that is asked for; an old one answers 410 one day.
    public static let apiVersionDefault = "2026-03-10"

    /// Where GitHub is.
    public let endpoints: GitHubEndpoints
    /// The App that asks.
    public let app: GitHubApp
    let signer: any AppSigner
    let transport: any HTTPTransport
    let hashing: any Hashing
    let clock: any WallClock
    let time: any Clock<Duration>
    let entropy: any Entropy
    let apiVersion: String
    /// How long GitHub may take for an answer, and say nothing in the midst of a file.
    let responseTimeout: Duration
    /// Holds back what would be too much at once.
    ///
    /// GitHub wants few requests of one installation at a time, and takes a hundred in all. Source:
    /// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>.
    let turnstile: ConcurrencyLimiter

    /// As many requests at once as GitHub likes: sixteen in all, two about one organization.
    public static func makeTurnstile() -> ConcurrencyLimiter {
        ConcurrencyLimiter(total: 16, each: 2)
    }

    // A client is made for each event; what GitHub counts are the requests of all.
    private static let sharedTurnstile = makeTurnstile()

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - endpoints: Where GitHub is.
    ///   - app: The App that asks.
    ///   - signer: The App's private key.
    ///   - transport: How requests travel.
    ///   - hashing: For the proof of an authorization's key.
    ///   - clock: Real time: what tokens and limits are dated by.
    ///   - time: Elapsed time: what waits between two tries.
    ///   - entropy: Spreads the waits, so that many do not try again at once.
    ///   - apiVersion: The version to ask for.
    ///   - responseTimeout: How long GitHub may take for an answer, and say nothing in the midst of a file.
    ///   - turnstile: Bounds the requests under way; nil for the one that all clients of the process
    ///     share.
    public init(
        endpoints: GitHubEndpoints, app: GitHubApp, signer: any AppSigner,
        transport: any HTTPTransport, hashing: any Hashing, clock: any WallClock,
        time: any Clock<Duration>, entropy: any Entropy,
        apiVersion: String = GitHubClient.apiVersionDefault,
        responseTimeout: Duration = .seconds(30), turnstile: ConcurrencyLimiter? = nil
    ) {
        self.endpoints = endpoints
        self.app = app
        self.signer = signer
        self.transport = transport
        self.hashing = hashing
        self.clock = clock
        self.time = time
        self.entropy = entropy
        self.apiVersion = apiVersion
        self.responseTimeout = responseTimeout
        self.turnstile = turnstile ?? Self.sharedTurnstile
    }
}
