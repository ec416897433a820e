import Toolbox
import Domain

extension SimulatedGitHub {
    /// Checks a JSON web token of the App, as strictly as GitHub does.
    ///
    /// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>.
    func checkAppToken(_ token: String, _ call: Call) throws(Refusal) {
        func refuse(_ message: String) -> Refusal { Refusal(401, message) }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(parts[2]),
            let head = Base64URL.decode(parts[0]).flatMap(JSONText.decode),
            let claims = Base64URL.decode(parts[1]).flatMap(JSONText.decode),
            head["alg"]?.text == "RS256",
            crypto.isSignedByApp(Array("\(parts[0]).\(parts[1])".utf8), signature)
        else { throw refuse("A JSON web token could not be decoded") }
        guard case .integer(let issued)? = claims["iat"],
            issued <= call.moment.seconds + Self.clockSkewSecondsMax
        else {
            throw refuse(
                "'Issued at' claim ('iat') must be an Integer representing the time that the "
                    + "assertion was issued")
        }
        guard case .integer(let expires)? = claims["exp"], expires > call.moment.seconds else {
            throw refuse(
                "'Expiration time' claim ('exp') must be a numeric value representing the future "
                    + "time at which the assertion expires")
        }
        guard expires <= call.moment.seconds + 600 else {
            throw refuse("'Expiration time' claim ('exp') is too far in the future")
        }
        let app = configuration.app
        switch claims["iss"] {
        case .integer(app.id), .string(String(app.id)), .string(app.clientID): return
        default: throw refuse("'Issuer' claim ('iss') must be an Integer or the client ID")
        }
    }

    /// How far the App's clock may run ahead of GitHub's.
    static let clockSkewSecondsMax: Int64 = 60

    /// Lets only the App itself in.
    func requireApp(_ call: Call) throws(Refusal) {
        guard case .app = try caller(call) else {
            recordViolation("a token where the App's own JSON web token belongs", call)
            throw Refusal(401, "A JSON web token could not be decoded")
        }
    }
}
