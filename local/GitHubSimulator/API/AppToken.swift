import Domain
import OpenSSLCrypto
import Synchronization
import Toolbox

extension SimulatedGitHub {
    /// Checks a JSON Web Token of the App as strictly as GitHub does.
    ///
    /// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>.
    func checkAppToken(_ token: String, _ request: SimulatedRequest) throws(ErrorResponse) {
        func refuse(_ message: String) -> ErrorResponse { ErrorResponse(401, message) }
        let (known, claims) = try appClaims(of: token)
        guard case .integer(let issued)? = claims["iat"],
            issued <= request.moment.seconds + Self.clockSkewSecondsMax
        else {
            throw refuse(
                "'Issued at' claim ('iat') must be an Integer representing the time that the "
                    + "assertion was issued")
        }
        guard case .integer(let expires)? = claims["exp"], expires > request.moment.seconds else {
            throw refuse(
                "'Expiration time' claim ('exp') must be a numeric value representing the future "
                    + "time at which the assertion expires")
        }
        guard expires <= request.moment.seconds + 600 else {
            throw refuse("'Expiration time' claim ('exp') is too far in the future")
        }
        guard known.registration.isIssuer(claims["iss"]) else {
            throw refuse("'Issuer' claim ('iss') must be an Integer or the client ID")
        }
    }

    /// What a token says that the App signed.
    private func appClaims(
        of token: String
    ) throws(ErrorResponse) -> (app: KnownApp, claims: JSONValue) {
        let (app, last) = state.withLock { ($0.app, $0.appClaims) }
        if let app, let last, last.token == token { return (app, last.claims) }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(parts[2]),
            let head = Base64URL.decode(parts[0]).flatMap(JSON.value),
            let claims = Base64URL.decode(parts[1]).flatMap(JSON.value),
            head["alg"]?.text == "RS256"
        else { throw ErrorResponse(401, "A JSON web token could not be decoded") }
        guard let app else {
            // So GitHub answers for an App that was deleted.
            throw ErrorResponse(404, "Integration not found")
        }
        guard app.key.verify(Array("\(parts[0]).\(parts[1])".utf8), signature: signature) else {
            throw ErrorResponse(401, "A JSON web token could not be decoded")
        }
        state.withLock { $0.appClaims = (token, claims) }
        return (app, claims)
    }

    /// How far the App's clock may be ahead of GitHub's.
    static let clockSkewSecondsMax: Int64 = 60

    /// Checks that the caller is the App itself.
    func requireApp(_ request: SimulatedRequest) throws(ErrorResponse) {
        guard case .app = try caller(request) else {
            recordViolation("a token instead of the App's JSON Web Token", request)
            throw ErrorResponse(401, "A JSON web token could not be decoded")
        }
    }
}

extension RegisteredApp {
    /// Whether a JSON Web Token's issuer is this App.
    fileprivate func isIssuer(_ claim: JSONValue?) -> Bool {
        switch claim {
        case .integer(id), .string(String(id)), .string(clientID): true
        default: false
        }
    }
}
