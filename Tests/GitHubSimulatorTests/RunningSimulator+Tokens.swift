import Domain
import Fakes
import GitHubSimulator
import InMemory
import OpenSSLCrypto
import Ports
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Requests for tokens.
extension RunningSimulator {
    static let verifier = "a-verifier-of-forty-three-characters-or-more"
    static var challenge: String {
        base64URL(OpenSSLHashing().sha256(Array(verifier.utf8)))
    }

    /// The path of the consent page, with parameters that add to or replace the usual ones.
    static func authorizePath(_ query: [String: String] = [:]) -> String {
        var all = [
            "client_id": "Iv23liSIMULATED00042", "redirect_uri": callback, "state": "state-1",
            "code_challenge": challenge, "code_challenge_method": "S256",
        ]
        all.merge(query) { $1 }
        return "/login/oauth/authorize?\(form(all))"
    }

    /// Requests a code from the consent page.
    func code(_ query: [String: String] = [:]) async throws -> String {
        try #require(try await get(Self.authorizePath(query)).redirect["code"])
    }

    /// Requests tokens; an empty value omits the field.
    func exchange(_ fields: [String: String]) async throws -> JSONValue {
        var all = [
            "client_id": "Iv23liSIMULATED00042", "client_secret": Self.clientSecret,
            "redirect_uri": Self.callback, "code_verifier": Self.verifier,
        ]
        all.merge(fields) { $1 }
        let reply = try await post(
            "/login/oauth/access_token",
            fields: ["content-type": "application/x-www-form-urlencoded"],
            body: Self.form(all.filter { !$0.value.isEmpty }))
        #expect(reply.status == 200)
        return try #require(reply.json)
    }

    /// Signs in and returns the access token.
    func userToken(as login: String = Person.owner.login) async throws -> String {
        let code = try await code()
        return try #require(try await exchange(["code": code])["access_token"]?.text)
    }

    /// Refreshes a token and returns the response.
    func refresh(_ token: String?) async throws -> JSONValue {
        try await exchange([
            "grant_type": "refresh_token", "refresh_token": token ?? "", "redirect_uri": "",
            "code_verifier": "",
        ])
    }

    /// Creates an App token; times are seconds from the simulator's current time.
    func appToken(
        issuer: String = "42", issued: Int64 = -60, expires: Int64 = 540, isStrange: Bool = false
    ) throws -> String {
        let now = clock.now().seconds
        let head = Self.base64URL(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8))
        let claims = #"{"iat":\#(now + issued),"exp":\#(now + expires),"iss":"\#(issuer)"}"#
        let content = "\(head).\(Self.base64URL(Array(claims.utf8)))"
        let key = isStrange ? Self.strangeKey : Self.appKey
        let signature = try RSAAppSigner(pem: key.privateKey).sign(Array(content.utf8))
        return "\(content).\(Self.base64URL(signature))"
    }

    /// Requests an installation token.
    func installationToken(_ id: Int64 = 555) async throws -> String {
        let reply = try await post("/app/installations/\(id)/access_tokens", token: try appToken())
        return try #require(reply.json?["token"]?.text, "\(reply.text)")
    }

    static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// Encodes a query or a form whose values contain no plus sign.
    static func form(_ fields: [String: String]) -> String {
        var components = URLComponents()
        components.queryItems = fields.sorted { $0.key < $1.key }
            .map { URLQueryItem(name: $0.key, value: $0.value) }
        return components.percentEncodedQuery ?? ""
    }
}
