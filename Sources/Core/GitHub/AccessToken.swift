public import Domain

/// An access token, and what is known of its origin.
///
/// GitHub copies tokens between its servers with a delay, so one that was just issued can be
/// refused for a few seconds. A request with such a token is sent again before its refusal is
/// believed.
public struct AccessToken: Sendable {
    /// How long after its issue a token may be unknown to some of GitHub's servers.
    static let freshFor: Duration = .seconds(30)

    /// The token.
    ///
    /// Its format is opaque: GitHub has changed it and made it longer before.
    public let secret: Secret
    /// The time at which GitHub issued it; nil if that is not known.
    public let issued: Timestamp?
    /// The granted access, such as `read`, by GitHub's name of the permission; empty if GitHub did
    /// not list it.
    public let permissions: [String: String]

    /// Creates a token.
    public init(
        _ secret: Secret, issued: Timestamp? = nil, permissions: [String: String] = [:]
    ) {
        self.secret = secret
        self.issued = issued
        self.permissions = permissions
    }

    /// The longest text that is taken for a token, which servers still accept in a header field.
    private static let byteCountMax = 8_192

    /// Whether a text can be sent in a header field.
    ///
    /// One that cannot be would be stored, and then fail every request until the person authorizes again.
    static func isSendable(_ text: String) -> Bool {
        1...byteCountMax ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    /// What a response with another text in place of a token stands for.
    static let notSendable = Failure(
        .malformedReply,
        """
        GitHub's response contains a token that cannot be sent: it has characters that no token has, or \
        is too long. Check what stands between this program and GitHub, such as a proxy
        """)

    /// Whether some of GitHub's servers may not know the token yet.
    func isFresh(at now: Timestamp) -> Bool {
        issued.map { now.since($0) < Self.freshFor } ?? false
    }

    /// Whether GitHub listed the token's permissions, and this one is not among them.
    ///
    /// Then a refusal for lack of it is true at once.
    func lacks(_ permission: Permission) -> Bool {
        !permissions.isEmpty && permissions[permission.name] == nil
    }
}
