public import Domain
public import Ports

/// An access key, as it may be used now.
public struct AWSCredentials: Sendable {
    /// The key's id.
    public let keyID: String
    /// The key's secret.
    public let secretKey: Secret
    /// What comes with a key that is lent.
    public let sessionToken: Secret?
    /// Until when the key works; nil if nobody said.
    public let expiry: Timestamp?

    /// Creates a key.
    public init(
        keyID: String, secretKey: Secret, sessionToken: Secret? = nil, expiry: Timestamp? = nil
    ) {
        self.keyID = keyID
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expiry = expiry
    }
}

/// Where keys come from: asked once, kept until shortly before they expire.
///
/// The first of these that is set up is used, and no other: a key in the variables, the container's
/// endpoint, the machine's metadata (IMDSv2).
public actor AWSCredentialSource {
    /// How long before its end a key is replaced.
    static let margin = Duration.seconds(300)

    private let provider: AWSCredentialProvider
    let clock: any WallClock
    private var known: AWSCredentials?
    private var asking: Task<Result<AWSCredentials, Failure>, Never>?

    /// Creates a source.
    public init(_ settings: AWSSettings, transport: any HTTPTransport, clock: any WallClock) {
        provider = AWSCredentialProvider(settings: settings, transport: transport)
        self.clock = clock
    }

    /// Gives a key that works for a while.
    ///
    /// - Throws: `misconfigured` if nothing is set up that has keys, else why there is none.
    public func current() async throws(Failure) -> AWSCredentials {
        if let known, !isEnding(known, within: Self.margin) { return known }
        do throws(Failure) {
            let fresh = try await ask()
            known = fresh
            return fresh
        } catch {
            // One that still works is better than none.
            if let known, !isEnding(known, within: .zero) { return known }
            throw error
        }
    }

    /// Forgets a key that AWS no longer takes, so that the next is asked for.
    func forget(_ keyID: String) {
        if known?.keyID == keyID { known = nil }
    }

    private func isEnding(_ key: AWSCredentials, within margin: Duration) -> Bool {
        key.expiry.map { $0 <= clock.now().advanced(by: margin) } ?? false
    }

    /// Asks once, however many wait for the answer.
    private func ask() async throws(Failure) -> AWSCredentials {
        let provider = provider
        let task = asking ?? Task { await provider.result() }
        asking = task
        let result = await task.value
        asking = nil
        return try result.get()
    }
}
