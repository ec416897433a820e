import Authorization
import Domain
import Fakes
import OpenSSLCrypto
import Runner
import Testing
import Toolbox

@Suite("The guard of the local pages")
struct PageGuardTests {
    private static let token = "planted-setup-token"

    private func makeGuard(
        publicURL: String = "http://127.0.0.1:8080", host: String = "127.0.0.1",
        token: String? = nil, seed: UInt64 = 1
    ) -> PageGuard {
        PageGuard(
            publicURL: publicURL, listeningOn: host, setupToken: token.map(Secret.init),
            hashing: OpenSSLHashing(), entropy: SeededEntropy(seed: seed))
    }

    private func request(
        _ host: String? = "127.0.0.1:8080", query: [String: String] = [:],
        _ headers: [String: String] = [:]
    ) -> WebEvent {
        var headers = headers
        headers["host"] = host
        return WebEvent(query: query, headers: headers)
    }

    /// What a request is refused with; nil if it is answered.
    private func refusal(
        _ pageGuard: PageGuard, _ event: WebEvent, _ path: String = "/"
    ) -> WebResult? {
        guard case .refuse(let result) = pageGuard.verdict(on: event, to: path) else { return nil }
        return result
    }

    @Test(
        "answers to the names of this machine and of PUBLIC_URL only",
        arguments: [
            ("127.0.0.1:8080", true), ("127.0.0.1", true), ("127.0.0.2:8080", true),
            ("localhost:8080", true), ("LOCALHOST:8080", true), ("[::1]:8080", true),
            ("localhost:9000", true), ("usage.example", true), ("USAGE.example:443", true),
            ("evil.example:8080", false), ("evil.example", false), ("", false), (nil, false),
            ("127.0.0.1.evil.example:8080", false), ("localhost.evil.example", false),
            ("evil.localhost", false), ("usage.example.evil", false), ("192.0.2.7:8080", false),
            ("ada@127.0.0.1", false), ("127.0.0.1, evil.example", false), ("2130706433", false),
        ] as [(String?, Bool)],
        [
            "/", "/authorize", "/authorize/callback", "/setup", "/setup/callback", "/events",
            "/nowhere",
        ])
    func hosts(host: (name: String?, isOurs: Bool), path: String) {
        let pageGuard = makeGuard(publicURL: "https://usage.example/copilot")
        let result = refusal(pageGuard, request(host.name), path)
        #expect((result == nil) == host.isOurs)
        guard let result else { return }
        #expect(result.status == 403)
        #expect(result.body.contains("https://usage.example/copilot"))
        #expect(result.body.contains("PUBLIC_URL"))
        #expect(result.headers["content-type"]?.hasPrefix("text/plain") == true)
    }

    @Test("answers to the address that it was told to listen on")
    func listened() {
        #expect(refusal(makeGuard(host: "192.0.2.7"), request("192.0.2.7:8080")) == nil)
        #expect(refusal(makeGuard(host: "2001:db8::1"), request("[2001:db8::1]:8080")) == nil)
        #expect(refusal(makeGuard(host: "192.0.2.7"), request("192.0.2.8:8080")) != nil)
    }

    @Test("leaves health checks to everyone", arguments: ["/healthz", "/readyz"])
    func health(path: String) {
        #expect(refusal(makeGuard(token: Self.token), request(nil), path) == nil)
    }

    @Test("asks for the setup token on every page, if there is one")
    func setupToken() throws {
        let pageGuard = makeGuard(token: Self.token)
        for path in ["/", "/events", "/api/days", "/nowhere"] {
            for event in [
                request(), request(query: ["token": "wrong"]),
                request(query: [:], ["cookie": "copilot-usage-session=wrong"]),
                request(query: [:], ["authorization": "Basic YTpi"]),
            ] {
                let result = try #require(refusal(pageGuard, event, path))
                #expect(result.status == 401)
                #expect(result.headers["www-authenticate"]?.hasPrefix("Basic") == true)
                #expect(!result.body.contains(Self.token))
            }
        }
        // "a:planted-setup-token".
        let basic = ["authorization": "Basic YTpwbGFudGVkLXNldHVwLXRva2Vu"]
        #expect(refusal(pageGuard, request(query: [:], basic)) == nil)
        // These two have guards of their own.
        #expect(refusal(pageGuard, request(), "/authorize") == nil)
        #expect(refusal(pageGuard, request(), "/authorize/callback") == nil)
        #expect(refusal(makeGuard(), request()) == nil)
    }

    @Test(
        "takes the token out of the address, and remembers the browser",
        arguments: [
            ("/", [:], "/"),
            ("/events", ["day": "2026-11-27", "a": "b&c"], "/events?a=b%26c&day=2026-11-27"),
            ("//evil.example/", [:], "/"),
        ] as [(String, [String: String], String)])
    func session(path: String, query: [String: String], location: String) throws {
        let pageGuard = makeGuard(publicURL: "https://usage.example", token: Self.token)
        let opened = request(query: query.merging(["token": Self.token]) { $1 })
        let result = try #require(refusal(pageGuard, opened, path))
        #expect(result.status == 303)
        #expect(result.headers["location"] == location)
        let field = try #require(result.headers["set-cookie"])
        #expect(field.hasSuffix("; Path=/; HttpOnly; SameSite=Lax; Secure"))
        let cookie = ["cookie": "a=b; \(field.prefix { $0 != ";" })"]
        #expect(refusal(pageGuard, request(query: [:], cookie)) == nil)
        // The function asks for the token itself, so a session presents it.
        guard
            case .answer(let event) = pageGuard.verdict(
                on: request(query: [:], cookie), to: "/authorize")
        else {
            Issue.record("refused")
            return
        }
        #expect(
            try #require(SetupToken(Secret(Self.token)))
                .isPresented(in: event, hashing: OpenSSLHashing()))
        // Another process has other sessions.
        let other = makeGuard(token: Self.token, seed: 2)
        #expect(refusal(other, request(query: [:], cookie))?.status == 401)
    }

    @Test(
        "knows the forms of its own pages",
        arguments: [
            ([:], true), (["sec-fetch-site": "same-origin"], true),
            (["origin": "http://localhost:8080"], true),
            (["sec-fetch-site": "same-origin", "origin": "null"], true),
            (["sec-fetch-site": "cross-site"], false), (["sec-fetch-site": "same-site"], false),
            (["sec-fetch-site": "none"], false), (["origin": "null"], false),
            (["origin": "https://evil.example"], false),
        ] as [([String: String], Bool)])
    func forms(headers: [String: String], isOwn: Bool) {
        let pageGuard = makeGuard()
        let form = Form([(PageGuard.formField, pageGuard.formToken), ("name", "Team A")])
        #expect(pageGuard.isOwn(form, of: request(query: [:], headers)) == isOwn)
        for other in [Form(""), Form("session="), Form("session=\(makeGuard(seed: 2).formToken)")] {
            #expect(!pageGuard.isOwn(other, of: request(query: [:], headers)))
        }
    }
}
