import Authorization
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnAuthorize
import OpenSSLCrypto
import Ports
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("onAuthorize", .timeLimit(.minutes(5)))
struct AuthorizeTests {
    let clock: ManualClock

    init() throws { clock = ManualClock(try #require(Timestamp("2026-11-22T12:00:00Z"))) }

    private func function(
        url: String = "https://usage.example", token: String? = "setup", seed: UInt64 = 1,
        vault: any Vault = OpenVault()
    ) throws -> Authorize {
        Authorize(
            vault: vault, hashing: OpenSSLHashing(), entropy: SeededEntropy(seed: seed),
            clock: clock, github: try AuthorizingGitHub().client(clock: clock),
            site: try AuthorizationSite(publicURL: url, setupToken: token.map(Secret.init)))
    }

    private func open(_ query: [String: String] = [:]) -> WebEvent {
        WebEvent(query: query.merging(["token": "setup"]) { given, _ in given })
    }

    private func query(of result: WebResult) throws -> [String: String] {
        let location = try #require(result.headers["location"])
        let items = try #require(URLComponents(string: location)?.queryItems)
        return Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.value ?? "") })
    }

    /// The value of a redirect's cookie.
    private func cookie(_ result: WebResult) throws -> String {
        let pair = try #require(result.headers["set-cookie"]?.split(separator: ";").first)
        return String(try #require(pair.split(separator: "=", maxSplits: 1).last))
    }

    /// The pending authorization in a redirect's cookie.
    private func pending(_ result: WebResult) throws -> PendingAuthorization {
        let state = try #require(try query(of: result)["state"])
        let key = PendingAuthorization.key(state: state, hashing: OpenSSLHashing())
        return try PendingAuthorization(opening: cookie(result), from: key, in: OpenVault())
    }

    @Test("redirects the browser to GitHub with a state and a PKCE challenge")
    func redirect() async throws {
        let result = try await function().run(open())
        #expect(result.status == 302)
        #expect(result.body.isEmpty)
        #expect(result.error == nil)
        #expect(result.headers["cache-control"] == "no-store")
        #expect(result.headers["referrer-policy"] == "no-referrer")
        let location = try #require(result.headers["location"])
        #expect(location.hasPrefix("https://github.com/login/oauth/authorize?"))
        let query = try query(of: result)
        #expect(query["client_id"] == "Iv1.example")
        #expect(query["redirect_uri"] == "https://usage.example/authorize/callback")
        #expect(query["code_challenge_method"] == "S256")
        #expect(query["state"]?.utf8.count == 43)

        let proof = try #require(try pending(result).verifier).reveal { Array($0.utf8) }
        #expect(query["code_challenge"] == Base64URL.encode(OpenSSLHashing().sha256(proof)))
    }

    @Test("passes on nothing of its own query, least of all the setup token")
    func nothingSurvives() async throws {
        let result = try await function().run(open(["state": "mine", "redirect_uri": "evil"]))
        let text = result.headers.map { "\($0): \($1)" }.joined()
        #expect(!text.contains("setup"))
        #expect(!text.contains("mine"))
        #expect(!text.contains("evil"))
    }

    @Test("keeps the authorization in the browser's cookie, sealed for its state")
    func cookie() async throws {
        let result = try await function().run(open())
        let cookie = try #require(result.headers["set-cookie"])
        #expect(cookie.hasPrefix("__Host-copilot-usage-authorization="))
        #expect(cookie.hasSuffix("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"))
        let state = try #require(try query(of: result)["state"])
        let key = PendingAuthorization.key(state: state, hashing: OpenSSLHashing())
        #expect(!key.description.contains(state))
        #expect(try self.cookie(result).hasPrefix("sealed \(key) "))
        let other = PendingAuthorization.key(state: "another", hashing: OpenSSLHashing())
        #expect(throws: Failure.self) {
            try PendingAuthorization(opening: self.cookie(result), from: other, in: OpenVault())
        }
    }

    @Test("works without a setup token on loopback, with a cookie for plain HTTP")
    func loopback() async throws {
        let result = try await function(url: "http://127.0.0.1:8080", token: nil)
            .run(WebEvent())
        #expect(result.status == 302)
        let cookie = try #require(result.headers["set-cookie"])
        #expect(cookie.hasPrefix("copilot-usage-authorization="))
        #expect(!cookie.contains("Secure"))
    }

    @Test("begins with the installation of the App, if that is asked for")
    func installing() async throws {
        let result = try await function().run(open(["install": "true", "name": "Team A"]))
        #expect(result.status == 302)
        let location = try #require(result.headers["location"])
        #expect(
            location.hasPrefix("https://github.com/apps/copilot-usage/installations/new?state="))
        let pending = try pending(result)
        #expect(pending.verifier == nil)
        #expect(pending.name == "Team A")
        #expect(pending.expires == clock.now().advanced(by: .seconds(3_600)))
        #expect(result.headers["set-cookie"]?.contains("Max-Age=3600") == true)
        #expect(!location.contains("setup"))
    }

    @Test("never generates the same state or verifier twice")
    func unpredictable() async throws {
        let function = try function()
        var seen: Set<String> = []
        for _ in 1...20 {
            let result = try await function.run(open())
            let pending = try pending(result)
            seen.insert(try #require(try query(of: result)["state"]))
            seen.insert(try #require(pending.verifier).reveal { $0 })
        }
        #expect(seen.count == 40)
    }

    @Test("lets a pending authorization expire after ten minutes")
    func expiry() async throws {
        let result = try await function().run(open())
        #expect(try pending(result).expires == clock.now().advanced(by: .seconds(600)))
    }

    @Test("keeps the settings of the query, and the defaults of omitted ones")
    func settings() async throws {
        let plain = try pending(try await function().run(open(["subsystem": "  "])))
        #expect(plain.name == "GitHub Copilot Usage")
        #expect(plain.tags == SampleTags(application: "copilot"))
        let own = try pending(
            try await function(seed: 2).run(
                open(["name": " Größe 1 ", "application": "apps", "subsystem": "dev"])))
        #expect(own.name == "Größe 1")
        #expect(own.tags == SampleTags(application: "apps", subsystem: "dev"))
    }

    @Test(
        "rejects settings that are not short plain text, and names the setting",
        arguments: ["name", "application", "subsystem"],
        [String(repeating: "x", count: 101), "a\r\nset-cookie: b", "a\u{0}b", "a\u{202E}b"])
    func oddSettings(field: String, value: String) async throws {
        let result = try await function().run(open([field: value]))
        #expect(result.status == 400)
        #expect(result.error?.code == .malformedEvent)
        #expect(result.body.contains(field))
        #expect(result.headers["set-cookie"] == nil)
    }

    @Test("accepts settings of the maximum length, in a cookie that browsers accept")
    func longest() async throws {
        let name = String(repeating: "\u{1F3E2}", count: 100)
        let event = open(["name": name, "application": name, "subsystem": name])
        let vault = try AESGCMVault(keys: [Secret(String(repeating: "A", count: 43) + "=")])
        let result = try await function(vault: vault).run(event)
        let cookie = try #require(result.headers["set-cookie"])
        #expect(cookie.utf8.count < 4_096)
        #expect(cookie.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: ",") })
        #expect(cookie.split(separator: ";").count == 6)
    }

    @Test(
        "begins only what a person wants, as far as the browser says",
        arguments: [
            // Typed, from a bookmark, or reloaded; and by a page of ours.
            (["site": "none", "mode": "navigate", "dest": "document", "user": "?1"], true),
            (["site": "same-origin", "mode": "navigate", "dest": "document"], true),
            // A link that somebody clicked on another site, or in a chat.
            (["site": "cross-site", "mode": "navigate", "dest": "document", "user": "?1"], true),
            (["site": "same-site", "mode": "navigate", "dest": "document", "user": "?1"], true),
            // A redirect or a script of another site, an image, a frame, a request.
            (["site": "cross-site", "mode": "navigate", "dest": "document"], false),
            (["site": "same-site", "mode": "navigate", "dest": "document"], false),
            (["site": "cross-site", "mode": "no-cors", "dest": "image"], false),
            (["site": "cross-site", "mode": "navigate", "dest": "iframe", "user": "?1"], false),
            (["site": "cross-site", "mode": "cors", "dest": "empty"], false),
            (["site": "cross-site"], false), (["site": "unheard-of"], false),
            // A program, or a browser that does not say.
            ([:], true),
        ] as [([String: String], Bool)])
    func unwanted(metadata: [String: String], isWanted: Bool) async throws {
        var event = open(["name": "planted", "application": "planted"])
        for (name, value) in metadata { event.headers["sec-fetch-\(name)"] = value }
        let result = try await function().run(event)
        #expect(result.status == (isWanted ? 302 : 403))
        guard !isWanted else { return }
        #expect(result.headers["set-cookie"] == nil)
        // The way on is a click on a page of ours, without what the other site chose.
        #expect(result.body.contains(#"<a href="https://usage.example/authorize">"#))
        #expect(!result.body.contains("planted"))
    }

    @Test("accepts the setup token in the query or as the password")
    func admitted() async throws {
        let basic = Data("anybody:setup".utf8).base64EncodedString()
        let function = try function()
        for event in [
            open(), WebEvent(headers: ["authorization": "Basic \(basic)"]),
            WebEvent(headers: ["authorization": "basic \(basic)"]),
        ] {
            #expect(try await function.run(event).status == 302)
        }
    }

    @Test(
        "asks for the setup token otherwise, and begins nothing",
        arguments: [
            WebEvent(), WebEvent(query: ["token": ""]), WebEvent(query: ["token": "Setup"]),
            WebEvent(query: ["token": "setup "]), WebEvent(query: ["token": "setu"]),
            WebEvent(headers: ["authorization": "Bearer setup"]),
            WebEvent(headers: ["authorization": "Basic ???"]),
            // "setup" without a user name, and "setup:" without a password.
            WebEvent(headers: ["authorization": "Basic c2V0dXA="]),
            WebEvent(headers: ["authorization": "Basic c2V0dXA6"]),
        ])
    func stranger(event: WebEvent) async throws {
        let result = try await function().run(event)
        #expect(result.status == 401)
        #expect(result.headers["www-authenticate"]?.hasPrefix("Basic realm=") ?? false)
        #expect(result.headers["location"] == nil)
        #expect(result.error?.code == .unauthorized)
        #expect(result.headers["set-cookie"] == nil)
    }

    @Test("accepts GET only", arguments: ["POST", "HEAD", ""])
    func method(name: String) async throws {
        let result = try await function().run(
            WebEvent(method: name, query: ["token": "setup"]))
        #expect(result.status == 405)
        #expect(result.headers["allow"] == "GET")
    }

    @Test("reads and writes the JSON that hosts exchange")
    func json() async throws {
        let function = JSONFunction(try function())
        let bytes = try await function(
            Array(#"{"method":"GET","query":{"token":"setup"},"headers":{"Cookie":"a=b"}}"#.utf8))
        let result = try JSON.decode(JSONValue.self, from: bytes, at: "the result")
        #expect(result["status"] == .integer(302))
        #expect(result["body"] == .string(""))
        #expect(result["integration"] == nil)
        #expect(result["error"] == nil)
    }
}
