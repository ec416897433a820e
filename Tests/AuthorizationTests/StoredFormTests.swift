import Authorization
import Domain
import Fakes
import GitHub
import OpenSSLCrypto
import Ports
import Testing

/// The examples in the documentation of `Credentials` and `PendingAuthorization`.
@Suite("What an authorization stores")
struct StoredFormTests {
    private let noon = Timestamp(seconds: 1_795_348_800)

    @Test("is the tokens, sealed for the integration's key")
    func credentials() throws {
        let id = try #require(IntegrationID("9-copilot"))
        let tokens = UserTokens(
            access: Secret("ghu_x"), issued: noon,
            accessExpires: noon.advanced(by: .seconds(28_800)),
            refresh: Secret("ghr_x"), refreshExpires: Timestamp("2027-05-25T12:00:00Z"))
        let sealed = Credentials.seal(tokens, of: id, in: OpenVault())
        let key = try #require(StoreKey("credentials/9-copilot"))
        #expect(
            try OpenVault().open(sealed, from: key).reveal { $0 } == """
                {"access":"ghu_x","accessExpires":"2026-11-22T20:00:00Z",\
                "issued":"2026-11-22T12:00:00Z","refresh":"ghr_x","refreshExpires":"2027-05-25T12:00:00Z",\
                "version":1}
                """)
        let opened = try Credentials.open(sealed, of: id, in: OpenVault())
        #expect(opened.access.secret.reveal { $0 } == "ghu_x")
        #expect(opened.refreshExpires == tokens.refreshExpires)
        let other = try #require(IntegrationID("9-other"))
        let failure = #expect(throws: Failure.self) {
            try Credentials.open(sealed, of: other, in: OpenVault())
        }
        #expect(failure?.code == .unreadableState)
    }

    @Test("is no pending authorization: the cookie holds it, sealed for a key that hides the state")
    func pending() throws {
        let key = PendingAuthorization.key(state: "af0ifjsldkj", hashing: OpenSSLHashing())
        #expect(key.description.hasPrefix("used-authorization/"))
        #expect(!key.description.contains("af0ifjsldkj"))
        let pending = PendingAuthorization(
            name: "Team A", tags: SampleTags(application: "copilot"), verifier: Secret("proof"),
            expires: noon.advanced(by: PendingAuthorization.lifetime))
        let sealed = pending.sealed(for: key, in: OpenVault())
        #expect(
            try OpenVault().open(Array(sealed.utf8), from: key).reveal { $0 } == """
                {"expires":"2026-11-22T12:10:00Z","name":"Team A",\
                "tags":{"application":"copilot"},"verifier":"proof"}
                """)
        let opened = try PendingAuthorization(opening: sealed, from: key, in: OpenVault())
        #expect(opened.name == "Team A" && opened.expires == pending.expires)
    }
}
