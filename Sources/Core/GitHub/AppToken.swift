import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension GitHubClient {
    /// Signs the JSON web token that authenticates the App.
    ///
    /// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>:
    /// dated a minute ago, because clocks differ, and valid for less than ten minutes.
    ///
    /// - Throws: `misconfigured` if the key cannot sign.
    func appToken() throws(Failure) -> Secret {
        struct Header: Encodable {
            var alg = "RS256"
            var typ = "JWT"
        }
        struct Claims: Encodable {
            var iat: Int64
            var exp: Int64
            var iss: String
        }
        let now = clock.now().seconds
        // GitHub accepts the App ID and the client ID alike.
        let issuer = app.id.isEmpty ? app.clientID : app.id
        let claims = Claims(iat: now - 60, exp: now + 9 * 60, iss: issuer)
        let unsigned =
            Base64URL.encode(JSON.encode(Header())) + "."
            + Base64URL.encode(JSON.encode(claims))
        let signature = try signer.sign(Array(unsigned.utf8))
        return Secret(unsigned + "." + Base64URL.encode(signature))
    }
}
