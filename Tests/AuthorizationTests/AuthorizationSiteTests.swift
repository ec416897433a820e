import Authorization
import Domain
import Testing

@Suite("The authorization site")
struct AuthorizationSiteTests {
    @Test(
        "rejects a public URL that is not an HTTPS base",
        arguments: [
            "", "github.com", "http://github.com", "ftp://github.com", "https://user@github.com",
            "https://github.com?x", "https://github.com#x", "https://git hub.com",
        ])
    func addresses(text: String) throws {
        let failure = #expect(throws: Failure.self) {
            try AuthorizationSite(publicURL: text, setupToken: Secret("token"))
        }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("PUBLIC_URL") ?? false)
    }

    @Test(
        "requires a setup token unless only this machine can reach the page",
        arguments: [
            ("https://usage.example", nil, false), ("https://usage.example", "", false),
            ("https://usage.example", "token", true), ("http://127.0.0.1:8080", nil, true),
            ("http://localhost:8080/", nil, true), ("https://127.0.0.1.evil.example", nil, false),
        ] as [(String, String?, Bool)])
    func setupToken(url: String, token: String?, isAllowed: Bool) {
        let site = Result { () throws(Failure) in
            try AuthorizationSite(publicURL: url, setupToken: token.map(Secret.init))
        }
        switch site {
        case .success: #expect(isAllowed)
        case .failure(let failure):
            #expect(!isAllowed)
            #expect(failure.message.hasPrefix("SETUP_TOKEN is not set"))
        }
    }

    @Test("restricts the cookie to its host and to HTTPS, except on loopback")
    func cookie() throws {
        let open = try AuthorizationSite(
            publicURL: "https://usage.example/copilot/", setupToken: Secret("t"))
        #expect(open.callbackURL == "https://usage.example/copilot/authorize/callback")
        #expect(
            open.cookie("secret", lifetime: .seconds(600)) == """
                __Host-copilot-usage-authorization=secret; Path=/; Max-Age=600; HttpOnly; \
                SameSite=Lax; Secure
                """)
        let local = try AuthorizationSite(publicURL: "http://127.0.0.1:8080", setupToken: nil)
        #expect(
            local.expiredCookie
                == "copilot-usage-authorization=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
        let headers = ["cookie": "a=b; copilot-usage-authorization=se=cret ;c=d"]
        #expect(local.cookieSecret(in: headers) == "se=cret")
        #expect(open.cookieSecret(in: headers) == nil)
    }
}
