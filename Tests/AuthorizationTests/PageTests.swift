import Authorization
import Domain
import OpenSSLCrypto
import Ports
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A page")
struct PageTests {
    @Test("shows text as text, whatever it contains")
    func escaping() {
        let evil = "</title><script>alert('1' & \"2\")</script><\u{301}img>"
        let page = AuthorizationPage(
            title: evil,
            parts: [.text(evil), .list(evil, [evil]), .link(evil, to: "https://a/?\"><b>&c")])
        let result = WebResult(status: 200, page: page)
        #expect(!result.body.contains("<script"))
        #expect(
            !result.body.unicodeScalars.split(separator: "<").contains { $0.first == "\u{301}" })
        #expect(result.body.contains(#"<a href="https://a/?&quot;&gt;&lt;b&gt;&amp;c">"#))
        #expect(result.body.contains("alert(&#39;1&#39; &amp; &quot;2&quot;)"))
    }

    @Test("is not cached, reveals its URL to no site, and allows nothing but its own style")
    func headers() throws {
        let result = WebResult(status: 200, page: AuthorizationPage(title: "x", parts: []))
        #expect(result.headers["cache-control"] == "no-store")
        #expect(result.headers["referrer-policy"] == "no-referrer")
        let policy = try #require(result.headers["content-security-policy"])
        // Exactly the bytes that a browser hashes.
        let style = try #require(
            result.body.split(separator: "<style>").last?.split(separator: "</style>").first)
        let digest = Data(OpenSSLHashing().sha256(Array(style.utf8))).base64EncodedString()
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-\(digest)';"))
    }

    @Test("reports a failure as a sentence")
    func refusal() {
        let result = WebResult.refusal(
            Failure(.forbidden, "the App is suspended. Ask an owner"),
            links: [.link("Begin again", to: "/authorize")])
        #expect(result.status == 403)
        #expect(result.error?.code == .forbidden)
        #expect(result.body.contains("<p>The App is suspended. Ask an owner.</p>"))
        #expect(result.body.contains(#"<a href="/authorize">Begin again</a>"#))
    }
}
