public import Domain
public import Ports

/// An access key for signing requests.
public struct AWSCredentials: Sendable {
    /// The access key id.
    public let keyID: String
    /// The secret access key.
    public let secretKey: Secret
    /// The session token of temporary credentials.
    public let sessionToken: Secret?
    /// When temporary credentials expire; nil if unknown.
    public let expiry: Timestamp?

    /// Creates credentials.
    public init(
        keyID: String, secretKey: Secret, sessionToken: Secret? = nil, expiry: Timestamp? = nil
    ) {
        self.keyID = keyID
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expiry = expiry
    }
}

/// A cache of credentials, which renews them shortly before they expire.
///
/// They come from the first source that is configured: environment variables, the container's
/// endpoint, or the instance metadata (IMDSv2).
public actor AWSCredentialSource {
    /// The time before the expiry at which credentials are renewed.
    static let margin = Duration.seconds(300)

    private let provider: AWSCredentialProvider
    let clock: any WallClock
    private var known: AWSCredentials?
    private var asking: Task<Result<AWSCredentials, Failure>, Never>?

    /// Creates a cache.
    public init(_ settings: AWSSettings, transport: any HTTPTransport, clock: any WallClock) {
        provider = AWSCredentialProvider(settings: settings, transport: transport)
        self.clock = clock
    }

    /// Returns credentials that do not expire soon.
    ///
    /// - Throws: `misconfigured` if no source is configured, or the failure of the source.
    public func current() async throws(Failure) -> AWSCredentials {
        if let known, !isEnding(known, within: Self.margin) { return known }
        do throws(Failure) {
            let fresh = try await ask()
            known = fresh
            return fresh
        } catch {
            // Credentials that expire soon are better than none.
            if let known, !isEnding(known, within: .zero) { return known }
            throw error
        }
    }

    /// Discards credentials that AWS rejected, so that the next call renews them.
    func discard(_ keyID: String) {
        if known?.keyID == keyID { known = nil }
    }

    private func isEnding(_ key: AWSCredentials, within margin: Duration) -> Bool {
        key.expiry.map { $0 <= clock.now().advanced(by: margin) } ?? false
    }

    /// Requests credentials, once for all waiting callers.
    private func ask() async throws(Failure) -> AWSCredentials {
        let provider = provider
        let task = asking ?? Task { await provider.result() }
        asking = task
        let result = await task.value
        // An earlier waiter may have been faster, and somebody may be asking again already.
        if asking == task { asking = nil }
        return try result.get()
    }
}
