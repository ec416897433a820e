public import Ports
public import Toolbox

/// A client of the parts of GitHub's API that this system uses.
///
/// Its only state is the number of requests in flight, and the sizes of pages that worked. One table
/// for each of GitHub's interfaces turns error responses into a ``Failure``: `RefusalTable`,
/// `GraphQLRefusals` and `OAuthRefusals`. Temporary failures are retried a few times; longer outages are left
/// to the caller. Source of every endpoint: <https://docs.github.com/en/rest?apiVersion=2026-03-10>.
public struct GitHubClient: Sendable {
    /// The default API version.
    ///
    /// GitHub answers 410 once it no longer supports a version.
    public static let apiVersionDefault = "2026-03-10"

    /// The base URLs of GitHub.
    public let endpoints: GitHubEndpoints
    /// The App that makes the requests.
    public let app: GitHubApp
    /// The enterprise that pays for organizations without a bill of their own; nil if it is not known.
    public let enterprise: EnterpriseAccount?
    let signer: any AppSigner
    let transport: any HTTPTransport
    let hashing: any Hashing
    /// The wall clock, by which tokens and rate limits are dated.
    public let clock: any WallClock
    /// Measures and performs the waits between attempts.
    public let time: any Clock<Duration>
    /// Spreads the waits of many clients.
    public let entropy: any Entropy
    let apiVersion: String
    /// The timeout for a response, and for a pause in the middle of a file.
    public let responseTimeout: Duration
    /// Limits the requests in flight.
    ///
    /// GitHub asks for few concurrent requests per installation, and allows a hundred in all. Source:
    /// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>.
    let limiter: ConcurrencyLimiter
    /// The sizes of pages that GitHub answers in time.
    let pageSizes: PageSizes

    /// Creates a limiter of sixteen concurrent requests in all, and two per organization and person.
    public static func makeLimiter() -> ConcurrencyLimiter {
        ConcurrencyLimiter(total: 16, each: 2)
    }

    // A client is created for each event, but GitHub counts the requests of all of them together.
    private static let sharedLimiter = makeLimiter()
    private static let sharedPageSizes = PageSizes()

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - enterprise: The enterprise whose bill may be read; nil if there is none.
    ///   - signer: Signs with the App's private key.
    ///   - hashing: Computes the PKCE challenge of an authorization.
    ///   - clock: The wall clock, by which tokens and rate limits are dated.
    ///   - time: The monotonic clock that waits between two attempts.
    ///   - entropy: Randomizes the waits, so that many clients do not retry at the same moment.
    ///   - apiVersion: The value of the `X-GitHub-Api-Version` header, a date.
    ///   - responseTimeout: The timeout for a response, and for a pause in the middle of a file.
    ///   - limiter: Limits the requests in flight; nil for the one that all clients of the process
    ///     share.
    ///   - pageSizes: Remembers which pages were too large; nil for the memory of the process.
    public init(
        endpoints: GitHubEndpoints, app: GitHubApp, enterprise: EnterpriseAccount? = nil,
        signer: any AppSigner,
        transport: any HTTPTransport, hashing: any Hashing, clock: any WallClock,
        time: any Clock<Duration>, entropy: any Entropy,
        apiVersion: String = GitHubClient.apiVersionDefault,
        responseTimeout: Duration = .seconds(30), limiter: ConcurrencyLimiter? = nil,
        pageSizes: PageSizes? = nil
    ) {
        self.endpoints = endpoints
        self.app = app
        self.enterprise = enterprise
        self.signer = signer
        self.transport = transport
        self.hashing = hashing
        self.clock = clock
        self.time = time
        self.entropy = entropy
        self.apiVersion = apiVersion
        self.responseTimeout = responseTimeout
        self.limiter = limiter ?? Self.sharedLimiter
        self.pageSizes = pageSizes ?? Self.sharedPageSizes
    }
}
