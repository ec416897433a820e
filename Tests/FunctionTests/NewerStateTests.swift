import Authorization
import Domain
import Fakes
import GitHub
import InMemory
import OnDailyTick
import Ports
import Testing
import Toolbox

@Suite("State of a newer version", .timeLimit(.minutes(1)))
struct NewerStateTests {
    let world: OneOrganization

    init() throws { world = try OneOrganization() }

    /// Writes what only a newer version understands.
    private func put(_ key: StoreKey, _ text: String = #"{"version": 2}"#) async throws {
        try await world.store.put(Array(text.utf8), for: key, if: .always)
    }

    private func value(_ key: StoreKey) async throws -> String {
        String(decoding: try #require(try await world.store.entry(for: key)).value, as: UTF8.self)
    }

    @Test("is not replaced by a collection, which says which versions are concerned")
    func collection() async throws {
        let keys: [StoreKey] = [
            .manifest(world.id, InstallationID(1), world.day),
            .knownDays(world.id, InstallationID(1)),
            .integration(world.id),
        ]
        for key in keys {
            try await put(key)
            let failure = await #expect(throws: Failure.self) { try await world.collect() }
            #expect(failure?.code == .newerFormat && failure?.retry == .never)
            let message = try #require(failure?.message)
            #expect(message.contains("\(key) has format version 2"))
            #expect(message.contains("reads versions up to 1"))
            #expect(message.contains(ProductVersion.current))
            #expect(try await value(key) == #"{"version": 2}"#)
            #expect(try await world.store.allKeys(prefix: "") == [key])
            try await world.store.remove(key, if: .always)
        }
    }

    @Test("stops only the integration that it belongs to")
    func integrations() async throws {
        let github = AuthorizingGitHub()
        for id in ["9-a", "9-b"] { try await world.connect(github, id) }
        let key = StoreKey.integration(try #require(IntegrationID("9-a")))
        try await put(key)
        let output = try await world.tick(github)
        #expect(output.events.count == 3)
        #expect(output.attention.map(\.integration) == ["9-a"])
        #expect(output.attention.first?.reason.contains("format version 2") == true)
        #expect(try await value(key) == #"{"version": 2}"#)
    }

    @Test("is not replaced by a tick, and a summary of days that it cannot read does not stop it")
    func derived() async throws {
        let github = AuthorizingGitHub()
        try await world.connect(github)
        let keys: [StoreKey] = [
            .tickRun, .problems(world.id), .knownDays(world.id, InstallationID(1)),
        ]
        for key in keys { try await put(key) }
        // An organization that is gone would be a problem to keep.
        github.change { $0.accounts.append(.init(id: 2, login: "bar", role: "member")) }
        #expect(try await world.tick(github).events.count == 3)
        for key in keys { #expect(try await value(key) == #"{"version": 2}"#) }
    }

    @Test("sealed, is told from a wrong key")
    func sealed() throws {
        let key = StoreKey.credentials(world.id)
        let failure = #expect(throws: Failure.self) {
            try Stored.check(Array("v2.6356af91.AAAA.BBBB".utf8), at: key)
        }
        #expect(failure?.code == .newerFormat)
        let inside = OpenVault().seal(Secret(#"{"access": "a", "version": 3}"#), for: key)
        let other = #expect(throws: Failure.self) {
            try Credentials.open(inside, of: world.id, in: OpenVault())
        }
        #expect(other?.code == .newerFormat)
    }

    @Test("has fields, sources and outcomes that this version leaves out")
    func unknownWords() async throws {
        let key = StoreKey.manifest(world.id, InstallationID(1), world.day)
        try await put(
            key,
            """
            {"version": 1, "organization": "acme", "day": "2026-11-21", "integration": "9-copilot",
             "installation": 1, "samples": 3, "final": false, "readAt": "2026-11-22T06:00:00Z",
             "weather": "mild", "sources": {
               "weather": {"outcome": "sunny", "samples": 1},
               "billing": {"outcome": "sunny", "samples": 2, "wind": 3}}}
            """)
        let entry = try #require(try await world.store.entry(for: key))
        let manifest = try Stored.decode(Manifest.self, from: entry.value, at: key)
        #expect(manifest.sources.keys.map(\.rawValue) == ["billing"])
        #expect(manifest.sources[.billing]?.outcome == .unknown("sunny"))
    }
}
