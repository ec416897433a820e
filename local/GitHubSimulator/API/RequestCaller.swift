import Domain
import Synchronization
import Toolbox

/// The caller that a request's credential identifies.
enum RequestCaller: Sendable {
    /// The App itself.
    case app
    /// The App's installation on an organization, with these permissions.
    case installation(SimulatedOrganization, permissions: [String: String])
    /// A person, through the App.
    case person(Person)
    /// A person, by a token that is not the App's.
    case personal(PersonalToken)

    /// The name of the caller's rate limit budget.
    var budget: String {
        switch self {
        case .app: "app"
        case .installation(let organization, _):
            "installation \(organization.installation?.id ?? 0)"
        case .person(let person): "user \(person.id)"
        case .personal: "a person with a personal token"
        }
    }
}

extension SimulatedGitHub {
    static let badCredentials = ErrorResponse(401, "Bad credentials", documentation: "rest")

    /// The kind of credential of a request, for the log.
    func credential(of request: SimulatedRequest) -> RequestRecord.Credential {
        if request.role == .reportHost {
            return request.fields["authorization"] == nil ? .signedLink : .unknown
        }
        if request.path == "/login/oauth/access_token" { return .clientSecret }
        guard let header = request.fields["authorization"] else { return .none }
        let space = header.utf8.lastIndex(of: UInt8(ascii: " "))
        let token = space.map { header[$0...].dropFirst() } ?? header[...]
        if token.utf8.starts(with: "ghs_".utf8) { return .installationToken }
        if token.utf8.starts(with: "ghu_".utf8) { return .userToken }
        if Self.isPersonal(token) { return .personalToken }
        return token.utf8.count { $0 == UInt8(ascii: ".") } == 2 ? .appToken : .unknown
    }

    /// Identifies the caller.
    func caller(_ request: SimulatedRequest) throws(ErrorResponse) -> RequestCaller {
        guard let header = request.fields["authorization"] else {
            throw ErrorResponse(401, "Requires authentication")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            recordViolation("an Authorization header without a bearer token", request)
            throw Self.badCredentials
        }
        let token = String(parts[1])
        if token.hasPrefix("ghs_") { return try installation(token, request) }
        if token.hasPrefix("ghu_") { return .person(try person(token, request)) }
        if Self.isPersonal(token) {
            guard let known = world.personalToken(token),
                known.expires.map({ request.moment < $0 }) ?? true
            else { throw Self.badCredentials }
            return .personal(known)
        }
        try checkAppToken(token, request)
        return .app
    }

    private static func isPersonal(_ token: some StringProtocol) -> Bool {
        token.utf8.starts(with: "ghp_".utf8) || token.utf8.starts(with: "github_pat_".utf8)
    }

    private func person(
        _ token: String, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> Person {
        let person = state.withLock { state in
            state.userTokens[token].flatMap { known in
                request.moment < known.expires
                    ? state.world.people.first { $0.id == known.person } : nil
            }
        }
        guard let person else { throw Self.badCredentials }
        return person
    }
}

/// Installation tokens contain their sealed claims, so the simulator stores none of them.
///
/// They are as long as GitHub's newer tokens, `ghs_<app>_<JSON Web Token>`, so that a client that
/// expects 40 characters fails here,
/// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app>.
extension SimulatedGitHub {
    /// Makes a token for an installation.
    func makeInstallationToken(
        _ installation: Int64, permissions: [String: String], expires: Timestamp
    ) -> String {
        let head = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
        let id = app?.id ?? 0
        let claims = JSONValue.object([
            "iss": .integer(id), "sub": .integer(installation),
            "exp": .integer(expires.seconds), "jti": .string(makeWord("token", count: 16)),
            "permissions": .object(permissions.mapValues { .string($0) }),
        ])
        let content = "\(head).\(Base64URL.encode(SimulatedResponse.json(200, claims).body))"
        let token = "ghs_\(id)_\(content).\(crypto.seal(content))"
        remember(
            TokenClaims(installation: installation, expires: expires, permissions: permissions),
            of: token)
        return token
    }

    private func installation(
        _ token: String, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> RequestCaller {
        guard let claims = claims(of: token), request.moment < claims.expires,
            let organization = world.organization(installation: claims.installation)
        else { throw Self.badCredentials }
        guard organization.installation?.suspendedAt == nil else { throw Self.suspended }
        // A permission that was revoked since is missing from the token as well.
        let current = organization.installation?.permissions ?? [:]
        return .installation(
            organization, permissions: claims.permissions.filter { current[$0.key] != nil })
    }

    /// What a token says; nil if it is not one of this simulator's.
    private func claims(of token: String) -> TokenClaims? {
        if let known = state.withLock({ $0.claims[token] }) { return known }
        let text = token.split(separator: "_", maxSplits: 2).last ?? ""
        let parts = text.split(separator: ".")
        guard parts.count == 3, crypto.isSeal(String(parts[2]), of: "\(parts[0]).\(parts[1])"),
            let claims = JSON.value(Base64URL.decode(parts[1]) ?? []),
            case .integer(let id)? = claims["sub"], case .integer(let expires)? = claims["exp"]
        else { return nil }
        var permissions: [String: String] = [:]
        if case .object(let granted)? = claims["permissions"] {
            permissions = granted.compactMapValues(\.text)
        }
        let found = TokenClaims(
            installation: id, expires: Timestamp(seconds: expires), permissions: permissions)
        remember(found, of: token)
        return found
    }

    private func remember(_ claims: TokenClaims, of token: String) {
        state.withLock { state in
            if state.claims.count >= 256 { state.claims = [:] }
            state.claims[token] = claims
        }
    }

    static let suspended = ErrorResponse(
        403, "This installation has been suspended",
        documentation: "rest/apps/apps#create-an-installation-access-token-for-an-app")
}
