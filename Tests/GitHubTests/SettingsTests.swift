import Authorization
import Domain
import GitHub
import OpenSSLCrypto
import Ports
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The settings of the GitHub client", .timeLimit(.minutes(5)))
struct SettingsTests {
    @Test("follow from one another")
    func defaults() throws {
        let endpoints = try GitHubEndpoints(
            api: "https://api.acme.ghe.com/", server: "https://acme.ghe.com")
        #expect(endpoints.api == "https://api.acme.ghe.com")
        #expect(endpoints.graphql == "https://api.acme.ghe.com/graphql")
        #expect(
            endpoints.reportHosts
                == (try ReportHosts(
                    """
                    copilot-reports.acme.ghe.com,copilot-reports.github.com,\
                    *.blob.core.windows.net
                    """)))
        #expect(
            try GitHubEndpoints().reportHosts
                == (try ReportHosts("copilot-reports.github.com,*.blob.core.windows.net")))
    }

    @Test(
        "are refused by name",
        arguments: [
            "", "github.com", "http://github.com", "ftp://github.com", "https://user@github.com",
            "https://github.com?x", "https://github.com#x", "https://git hub.com",
        ])
    func addresses(text: String) throws {
        let failures = [
            #expect(throws: Failure.self) { try GitHubEndpoints(api: text) },
            #expect(throws: Failure.self) { try GitHubEndpoints(server: text) },
            #expect(throws: Failure.self) { try GitHubEndpoints(graphql: text) },
            #expect(throws: Failure.self) {
                try AuthorizationSite(publicURL: text, setupToken: Secret("token"))
            },
        ]
        #expect(failures.map { $0?.code } == Array(repeating: .misconfigured, count: 4))
        #expect(
            zip(failures, ["API_URL", "SERVER_URL", "GRAPHQL_URL", "PUBLIC_URL"]).allSatisfy {
                $0?.message.contains($1) ?? false
            })
    }

    @Test("allow plain http on loopback", arguments: ["127.0.0.1:8080", "localhost", "[::1]:1"])
    func loopback(host: String) throws {
        #expect(try GitHubEndpoints(api: "http://\(host)/api/").api == "http://\(host)/api")
    }

    @Test(
        "name report hosts and nothing else",
        arguments: [
            "", " , ", "https://a.example", "a.example/path", "*", "*.", "a b@c", "a:99999",
            "a.example b.example",
        ])
    func hosts(list: String) {
        let failure = #expect(throws: Failure.self) { try ReportHosts(list) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("GITHUB_REPORT_HOSTS") ?? false)
    }

    @Test(
        "need a setup token where others can reach the page",
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
            #expect(failure.message.contains("SETUP_TOKEN"))
        }
    }

    @Test("decide the cookie between the two pages")
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

@Suite("A page", .timeLimit(.minutes(5)))
struct PageTests {
    @Test("shows text as text, whatever stands in it")
    func escaping() {
        let evil = "</title><script>alert('1' & \"2\")</script><\u{301}img>"
        let page = Page(
            title: evil,
            parts: [.text(evil), .list(evil, [evil]), .link(evil, to: "https://a/?\"><b>&c")])
        let result = WebResult(status: 200, page: page)
        #expect(!result.body.contains("<script"))
        #expect(
            !result.body.unicodeScalars.split(separator: "<").contains { $0.first == "\u{301}" })
        #expect(result.body.contains(#"<a href="https://a/?&quot;&gt;&lt;b&gt;&amp;c">"#))
        #expect(result.body.contains("alert(&#39;1&#39; &amp; &quot;2&quot;)"))
    }

    @Test("is kept by nobody, tells nobody, and runs nothing but its own style")
    func headers() throws {
        let result = WebResult(status: 200, page: Page(title: "x", parts: []))
        #expect(result.headers["cache-control"] == "no-store")
        #expect(result.headers["referrer-policy"] == "no-referrer")
        let policy = try #require(result.headers["content-security-policy"])
        let style = try #require(
            result.body.split(separator: "<style>").last?.split(separator: "</style>").first)
        let digest = Data(OpenSSLHashing().sha256(Array(style.utf8))).base64EncodedString()
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-\(digest)';"))
    }
}
