import Domain
import GitHub
import OpenSSLCrypto
import Ports
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The manifest of a GitHub App")
struct ManifestTests {
    static let manifest = AppManifest(
        name: "copilot-usage-acme", url: "https://github.com/acme",
        redirectURL: "http://127.0.0.1:8080/setup/callback",
        callbackURLs: ["http://127.0.0.1:8080/authorize/callback"], isPublic: true)

    static let answer = """
        {"id":42,"slug":"copilot-usage-acme","client_id":"Iv23liExample","client_secret":"s3cret",\
        "pem":"-----BEGIN RSA PRIVATE KEY-----","webhook_secret":null,\
        "owner":{"login":"acme","id":1},"html_url":"https://github.com/apps/copilot-usage-acme"}
        """

    @Test("asks for the needed permissions, for authorization on installation and for no webhook")
    func document() throws {
        #expect(
            Self.manifest.json == """
                {"callback_urls":["http://127.0.0.1:8080/authorize/callback"],"default_events":[],\
                "default_permissions":{"members":"read","organization_administration":"read",\
                "organization_copilot_metrics":"read"},\
                "description":"Reads the usage and the billing of GitHub Copilot every day, for \
                copilot-usage.","hook_attributes":{"active":false,"url":"https://github.com/acme"},\
                "name":"copilot-usage-acme","public":true,\
                "redirect_url":"http://127.0.0.1:8080/setup/callback",\
                "request_oauth_on_install":true,"url":"https://github.com/acme"}
                """)
    }

    @Test(
        "is posted to the page of its owner",
        arguments: [
            (AppOwner.person, "https://github.com/settings/apps/new"),
            (
                .organization(named("acme")),
                "https://github.com/organizations/acme/settings/apps/new"
            ),
            (.enterprise("big"), "https://github.com/enterprises/big/settings/apps/new"),
        ])
    func addresses(owner: AppOwner, page: String) throws {
        let endpoints = try GitHubEndpoints()
        #expect(endpoints.manifestURL(of: owner, state: "a b&c") == "\(page)?state=a%20b%26c")
        let link = endpoints.registrationURL(of: owner, Self.manifest)
        #expect(link.hasPrefix("\(page)?"))
        let query = Form(String(link.drop { $0 != "?" }.dropFirst()))
        let expected = [
            "name": "copilot-usage-acme", "url": "https://github.com/acme", "public": "true",
            "request_oauth_on_install": "true", "webhook_active": "false", "members": "read",
            "organization_administration": "read", "organization_copilot_metrics": "read",
        ]
        for (name, value) in expected { #expect(query[name] == value, "\(name)") }
        #expect(query.all("callback_urls[]") == Self.manifest.callbackURLs)
    }

    @Test("is exchanged for the App, without authorization and once")
    func redeemed() async throws {
        let bench = try Bench(answers: .json(201, Self.answer))
        let app = try await bench.client.redeemManifest(code: Secret("abc-1_2"))
        #expect(app.id == 42)
        #expect(app.slug == "copilot-usage-acme")
        #expect(app.clientID == "Iv23liExample")
        #expect(app.clientSecret.reveal { $0 } == "s3cret")
        #expect(app.privateKey.reveal { $0 }.hasPrefix("-----BEGIN"))
        #expect(app.owner == "acme")
        #expect(bench.paths == ["POST /app-manifests/abc-1_2/conversions"])
        let request = try #require(bench.requests.first)
        #expect(request.secretFields.isEmpty)
        #expect(request.fields["x-github-api-version"] == GitHubClient.apiVersionDefault)
        #expect(request.fields["user-agent"]?.isEmpty == false)
    }

    @Test(
        "is asked for once, whatever GitHub answers",
        arguments: [
            (Result.message(404, "Not Found"), Failure.Code.invalidAuthorization, "an hour"),
            (.message(422, "Validation Failed"), .invalidAuthorization, "an hour"),
            (.message(503, "No server"), .unavailable, "GitHub"),
            (.message(403, "rate limit exceeded", ["retry-after": "60"]), .rateLimited, "GitHub"),
            (.message(404, "Not Found", ["retry-after": "5"]), .invalidAuthorization, "an hour"),
            (.json(302, "", ["location": "/x"]), .unavailable, "proxy or filter"),
            (.json(404, "<html>no</html>", ["content-type": "text/html"]), .unavailable, "page"),
            (.json(201, ""), .unavailable, "empty"),
            (.json(201, "<html>no</html>", ["content-type": "text/html"]), .unavailable, "page"),
            (.json(200, "<html>no</html>", ["content-type": "text/html"]), .unavailable, "page"),
            (.failure(Failure(.timedOut, "no answer")), .timedOut, "did not respond"),
            (.failure(Failure(.unavailable, "refused")), .unavailable, "did not respond"),
        ] as [(Result<HTTPClientResponse, Failure>, Failure.Code, String)])
    func refused(
        answer: Result<HTTPClientResponse, Failure>, code: Failure.Code, words: String
    ) async throws {
        let bench = try Bench(answers: answer)
        let found = try await failure { () async throws(Failure) in
            try await bench.client.redeemManifest(code: Secret("the-code"))
        }
        #expect(found.code == code)
        #expect(found.message.contains(words))
        #expect(!found.message.contains("the-code"))
        #expect(bench.requests.count == 1)
    }

    @Test(
        "is not taken without credentials that can be used, which GitHub reveals once",
        arguments: [
            ("42", "0"), ("42", "-1"), ("42", "9223372036854775808"), ("42", #""42""#),
            ("copilot-usage-acme\",\"cl", "\",\"cl"), ("copilot-usage-acme", "../../evil"),
            ("copilot-usage-acme", "a b"), ("copilot-usage-acme", #"a\r\nx: y"#),
            ("Iv23liExample", ""), ("Iv23liExample", #"Iv\u0000"#), ("s3cret", ""),
            ("s3cret", #"s\n"#), ("PRIVATE KEY", "PUBLIC KEY"), ("\"pem\"", "\"pen\""),
            ("{", "["), ("}", ""),
        ])
    func unusable(good: String, bad: String) async throws {
        let answer = Self.answer.replacing(good, with: bad)
        let bench = try Bench(answers: .json(201, answer))
        let found = try await failure { () async throws(Failure) in
            try await bench.client.redeemManifest(code: Secret("the-code"))
        }
        #expect(found.code == .malformedReply, "\(answer)")
        #expect(found.message.contains("Delete the new App on GitHub and begin again"))
        #expect(!found.message.contains("s3cret"))
    }

    @Test(
        "is not asked for with a code that would lead elsewhere",
        arguments: ["", "a/b", "..", "a?b", "a%2fb", "ä", "a b"])
    func oddCodes(code: String) async throws {
        let bench = try Bench()
        let found = try await failure { () async throws(Failure) in
            try await bench.client.redeemManifest(code: Secret(code))
        }
        #expect(found.code == .invalidAuthorization)
        #expect(bench.requests.isEmpty)
    }

    @Test("leads to the installation with a state")
    func installation() throws {
        #expect(
            try Bench().client.installURL(state: "a&b")
                == "https://github.com/apps/copilot-usage/installations/new?state=a%26b")
    }
}
