import Authorization
import Domain
import Fakes
import OpenSSLCrypto
import Runner
import Testing
import Toolbox

@Suite("The session of a browser")
struct PageSessionTests {
    private func makeGuard(_ url: String = "http://127.0.0.1:8080", seed: UInt64 = 1) -> PageGuard {
        PageGuard(
            publicURL: url, listeningOn: "127.0.0.1", setupToken: nil, hashing: OpenSSLHashing(),
            entropy: SeededEntropy(seed: seed))
    }

    private func event(
        _ headers: [String: String], method: String = "POST", cookie: String? = nil
    ) -> WebEvent {
        var headers = headers
        headers["host"] = headers["host"] ?? "127.0.0.1:8080"
        headers["cookie"] = cookie
        return WebEvent(method: method, headers: headers)
    }

    /// A session, and the cookie as the browser sends it.
    private func open(_ pageGuard: PageGuard) throws -> (token: String, cookie: String) {
        let session = pageGuard.session(of: event([:], method: "GET"))
        let cookie = try #require(session.cookie)
        return (session.token, String(cookie.prefix { $0 != ";" }))
    }

    @Test("lasts: the cookie is set once, and leads to the same token")
    func lasts() throws {
        for (url, isSecure) in [
            ("http://127.0.0.1:8080", false), ("https://usage.example", true),
        ] {
            let pageGuard = makeGuard(url)
            let first = pageGuard.session(of: event([:], method: "GET"))
            let cookie = try #require(first.cookie)
            #expect(cookie.hasSuffix(isSecure ? "; Secure" : "; SameSite=Strict"))
            #expect(cookie.contains("; Path=/; HttpOnly; SameSite=Strict"))
            #expect(!cookie.contains(first.token))
            let again = pageGuard.session(
                of: event([:], method: "GET", cookie: "a=b; \(cookie.prefix { $0 != ";" })"))
            #expect(again.token == first.token && again.cookie == nil)
        }
    }

    @Test(
        "lets forms of its own pages through, and no others",
        arguments: [
            (["origin": "http://127.0.0.1:8080"], true),
            (["origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"], true),
            (["origin": "http://localhost:9", "host": "localhost:9"], true),
            (["origin": "https://usage.example", "host": "usage.example"], true),
            ([:], false), (["sec-fetch-site": "same-origin"], false),
            (["origin": "null", "sec-fetch-site": "same-origin"], false),
            (["origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-site"], false),
            (["origin": "http://127.0.0.1:8080", "sec-fetch-site": "none"], false),
            (["origin": "http://127.0.0.1:8081"], false),
            (["origin": "http://localhost:8080"], false),
            (["origin": "https://evil.example"], false),
            (["origin": "http://127.0.0.1:8080, https://evil.example"], false),
        ] as [([String: String], Bool)])
    func origins(headers: [String: String], isOwn: Bool) throws {
        let pageGuard = makeGuard("https://usage.example")
        let (token, cookie) = try open(pageGuard)
        let form = Form([(PageGuard.formField, token)])
        let refusal = pageGuard.refusal(of: form, event(headers, cookie: cookie))
        #expect((refusal == nil) == isOwn)
        #expect(refusal?.status ?? 403 == 403)
    }

    @Test("takes no token of another browser, of another process, of nobody, and none by GET")
    func tokens() throws {
        let pageGuard = makeGuard()
        let (token, cookie) = try open(pageGuard)
        let own = ["origin": "http://127.0.0.1:8080"]
        #expect(
            pageGuard.refusal(of: Form([("session", token)]), event(own, cookie: cookie)) == nil)
        let others = [
            "", "A", try open(pageGuard).token, try open(makeGuard(seed: 2)).token,
            pageGuard.formToken,
        ]
        for other in others {
            let refusal = pageGuard.refusal(
                of: Form([("session", other)]), event(own, cookie: cookie))
            #expect(refusal == PageGuard.foreignForm)
        }
        let form = Form([("session", token)])
        for other in [nil, "copilot-usage-forms=", try open(pageGuard).cookie] {
            #expect(
                pageGuard.refusal(of: form, event(own, cookie: other)) == PageGuard.foreignForm)
        }
        for method in ["GET", "HEAD", "PUT", "post"] {
            let refusal = pageGuard.refusal(of: form, event(own, method: method, cookie: cookie))
            #expect(refusal == PageGuard.notPosted)
        }
    }
}
