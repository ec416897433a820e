import Domain
import Synchronization
import Toolbox

/// `POST /login/oauth/access_token`: exchanges a code or a refresh token for a pair of tokens.
///
/// GitHub reports errors with status 200 and an `error` in the body,
/// <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors>.
extension SimulatedGitHub {
    /// How long a refresh token is valid.
    static let refreshTokenLife: Duration = .seconds(15_897_600)
    /// How many valid access tokens a person can have for one App; the oldest is revoked first.
    static let accessTokenCountMax = 10

    /// Exchanges a code for tokens.
    func exchangeCode(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let form = request.form
        try checkClient(request)
        guard let text = form["code"] else { throw tokenRefusal(request, .badVerificationCode) }
        let (code, wasUsed) = state.withLock { state in
            let code = state.codes.removeValue(forKey: text)
            if code != nil { state.usedCodes.insert(text) }
            return (code, code == nil && state.usedCodes.contains(text))
        }
        if wasUsed { recordViolation("a code that was used before", request) }
        guard let code, request.moment < code.expires else {
            throw tokenRefusal(request, .badVerificationCode)
        }
        let redirectURI = form["redirect_uri"]
        let isFree = code.redirectURI == nil && app?.callbackURLs.first == redirectURI
        guard redirectURI == code.redirectURI || isFree else {
            throw tokenRefusal(request, .redirectURIMismatch)
        }
        if let challenge = code.challenge {
            // RFC 7636, section 4.1: 43 to 128 characters.
            guard let verifier = form["code_verifier"], 43...128 ~= verifier.utf8.count,
                crypto.areEqual(crypto.challenge(of: verifier), challenge)
            else { throw tokenRefusal(request, .badVerificationCode) }
        }
        return tokens(for: code.person, request)
    }

    /// Exchanges a refresh token for new tokens; the old pair is revoked at once.
    func refresh(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        try checkClient(request)
        guard let text = request.form["refresh_token"] else {
            throw tokenRefusal(request, .badRefreshToken)
        }
        let (token, wasSpent) = state.withLock { state in
            let token = state.refreshTokens.removeValue(forKey: text)
            if let token {
                state.userTokens[token.accessToken] = nil
                state.spentRefreshTokens.insert(text)
            }
            return (token, token == nil && state.spentRefreshTokens.contains(text))
        }
        if wasSpent { recordViolation("a refresh token that was used before", request) }
        guard let token, request.moment < token.expires else {
            throw tokenRefusal(request, .badRefreshToken)
        }
        return tokens(for: token.person, request)
    }

    /// The operation that the grant type asks for.
    func tokenOperation(_ request: SimulatedRequest) throws(ErrorResponse) -> GitHubOperation {
        switch request.form["grant_type"] {
        case nil, "authorization_code": return .exchangeCode
        case "refresh_token": return .refreshToken
        default: throw tokenRefusal(request, .unsupportedGrantType)
        }
    }

    private func checkClient(_ request: SimulatedRequest) throws(ErrorResponse) {
        if !request.rawQuery.isEmpty { recordViolation("secrets in the query", request) }
        let app = app
        let isClient = app?.clientSecret.reveal { secret in
            request.form["client_id"] == app?.clientID
                && crypto.areEqual(request.form["client_secret"] ?? "", secret)
        }
        guard isClient == true else { throw tokenRefusal(request, .incorrectClientCredentials) }
    }

    private func tokens(for person: Int64, _ request: SimulatedRequest) -> SimulatedResponse {
        let access = "ghu_" + makeWord("user token", count: 36)
        let refresh = "ghr_" + makeWord("refresh token", count: 43) + makeWord("tail", count: 33)
        let moment = request.moment
        state.withLock { state in
            state.userTokens[access] = UserToken(
                person: person, expires: moment.advanced(by: configuration.accessTokenLife),
                ordinal: state.madeCount)
            state.refreshTokens[refresh] = RefreshToken(
                person: person, expires: moment.advanced(by: Self.refreshTokenLife),
                accessToken: access)
            let live = state.userTokens.filter { $0.value.person == person }
                .sorted { $0.value.ordinal < $1.value.ordinal }
            for (oldest, _) in live.dropLast(Self.accessTokenCountMax) {
                state.userTokens[oldest] = nil
            }
        }
        return tokenAnswer(
            request,
            [
                ("access_token", .string(access)),
                ("expires_in", .integer(Int64(configuration.accessTokenLife / .seconds(1)))),
                ("refresh_token", .string(refresh)),
                ("refresh_token_expires_in", .integer(Int64(Self.refreshTokenLife / .seconds(1)))),
                ("scope", .string("")), ("token_type", .string("bearer")),
            ])
    }

    private enum TokenError: String {
        case badVerificationCode = "bad_verification_code"
        case incorrectClientCredentials = "incorrect_client_credentials"
        case redirectURIMismatch = "redirect_uri_mismatch"
        case badRefreshToken = "bad_refresh_token"
        case unsupportedGrantType = "unsupported_grant_type"

        var description: String {
            switch self {
            case .badVerificationCode: "The code passed is incorrect or expired."
            case .incorrectClientCredentials:
                "The client_id and/or client_secret passed are incorrect."
            case .redirectURIMismatch:
                "The redirect_uri MUST match the registered callback URL for this application."
            case .badRefreshToken: "The refresh token passed is incorrect or expired."
            case .unsupportedGrantType: "The grant type is not supported."
            }
        }
    }

    private func tokenRefusal(_ request: SimulatedRequest, _ error: TokenError) -> ErrorResponse {
        ErrorResponse(
            tokenAnswer(
                request,
                [
                    ("error", .string(error.rawValue)),
                    ("error_description", .string(error.description)),
                    ("error_uri", .string("https://docs.github.com/#\(error.rawValue)")),
                ]))
    }

    /// Responds in JSON if the client accepts it, else with a form.
    private func tokenAnswer(
        _ request: SimulatedRequest, _ fields: [(String, JSONValue)]
    ) -> SimulatedResponse {
        if request.fields["accept"]?.contains("json") ?? false {
            return .json(200, .object(Dictionary(uniqueKeysWithValues: fields)))
        }
        let form = Form(
            fields.map { name, value in
                if case .integer(let number) = value {
                    (name, String(number))
                } else {
                    (name, value.text ?? "")
                }
            })
        return SimulatedResponse(
            200, fields: ["content-type": "application/x-www-form-urlencoded; charset=utf-8"],
            body: Array(form.encoded.utf8))
    }
}
