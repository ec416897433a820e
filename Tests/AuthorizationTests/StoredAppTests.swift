import Authorization
import Domain
import Fakes
import GitHub
import InMemory
import Ports
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The stored App")
struct StoredAppTests {
    private static let clock = ManualClock(Timestamp(seconds: 1_795_348_800))

    private static let app = StoredApp(
        AppRegistration(
            id: 42, slug: "copilot-usage-acme", clientID: "Iv23liExample",
            clientSecret: Secret("planted-secret"), privateKey: Secret("planted-key"),
            owner: "acme"), server: "https://github.com", made: clock.now())

    @Test("comes back as it was sealed, in the documented form")
    func form() throws {
        let sealed = Self.app.sealed(in: OpenVault())
        let text = try OpenVault().open(sealed, from: .gitHubApp).reveal { $0 }
        #expect(
            text == """
                {"clientID":"Iv23liExample","clientSecret":"planted-secret","id":42,\
                "made":"2026-11-22T12:00:00Z","owner":"acme","privateKey":"planted-key",\
                "server":"https://github.com","slug":"copilot-usage-acme","version":1}
                """)
        let opened = try StoredApp(opening: sealed, in: OpenVault())
        #expect(opened.app.id == 42)
        #expect(opened.app.privateKey.reveal { $0 } == "planted-key")
        #expect(opened.made == Self.clock.now())
        #expect(opened.page == "https://github.com/apps/copilot-usage-acme")
    }

    @Test(
        "is not read in another form, or from another place",
        arguments: [
            ("{\"version\":2,\"id\":42}", .newerFormat, "format version 2"),
            ("{\"version\":1,\"id\":42}", .unreadableState, "cannot be read"),
            ("not JSON", .unreadableState, "cannot be read"),
        ] as [(String, Failure.Code, String)])
    func unreadable(text: String, code: Failure.Code, words: String) async throws {
        let store = MemoryStore(clock: Self.clock)
        let sealed = OpenVault().seal(Secret(text), for: .gitHubApp)
        try await store.put(sealed, for: .gitHubApp, if: .absent)
        let failure = await #expect(throws: Failure.self) {
            _ = try await StoredApp.read(from: store, OpenVault())
        }
        #expect(failure?.code == code)
        #expect(failure?.message.contains(words) == true)
        #expect(failure?.message.contains("GitHub App in STATE_STORE") == true)
    }

    @Test("is nil where none is stored")
    func absent() async throws {
        let found = try await StoredApp.read(
            from: MemoryStore(clock: Self.clock), OpenVault())
        #expect(found == nil)
    }
}
