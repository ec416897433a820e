import CollectedDays
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnDailyTick
import Ports
import Testing
import Toolbox

@Suite("A damaged entry", .timeLimit(.minutes(1)))
struct DamagedStateTests {
    let world: OneOrganization

    init() throws { world = try OneOrganization() }

    @Test("of an organization's days stops no tick, and is written anew")
    func days() async throws {
        let github = AuthorizingGitHub()
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "bar")] }
        try await world.connect(github)
        let key = StoreKey.knownDays(world.id, InstallationID(1))
        let damaged = DamagedStore(world.store, [key])
        #expect(try await world.tick(github, on: damaged).events.count == 6)
        _ = try await world.collect(on: damaged)
        #expect(try await damaged.entry(for: key) != nil)
        let ledger = DayLedger(
            store: damaged, integration: world.id, installation: InstallationID(1))
        #expect(try await ledger.days(in: world.day...world.day) == [world.day: false])
    }

    @Test("among the manifests is collected again, and replaced")
    func manifest() async throws {
        let github = AuthorizingGitHub()
        try await world.connect(github)
        let key = StoreKey.manifest(world.id, InstallationID(1), world.day)
        try await world.store.put([1], for: key, if: .always)
        let damaged = DamagedStore(world.store, [key])
        #expect(try await world.tick(github, on: damaged).events.count == 3)
        let manifest = try await world.collect(on: damaged)
        let kept = try #require(try await damaged.entry(for: key))
        #expect(try JSON.decode(Manifest.self, from: kept.value, at: key) == manifest)
    }

    @Test("in another form is collected again, and replaced", arguments: ["", "{", "[]", "{}"])
    func formerManifest(text: String) async throws {
        let key = StoreKey.manifest(world.id, InstallationID(1), world.day)
        try await world.store.put(Array(text.utf8), for: key, if: .always)
        let manifest = try await world.collect()
        let kept = try #require(try await world.store.entry(for: key))
        #expect(try JSON.decode(Manifest.self, from: kept.value, at: key) == manifest)
    }

    @Test(
        "among the manifests, or of an organization's days, is in the log once",
        arguments: [true, false])
    func log(isManifest: Bool) async throws {
        let installation = InstallationID(1)
        let key =
            isManifest
            ? StoreKey.manifest(world.id, installation, world.day)
            : StoreKey.knownDays(world.id, installation)
        let damaged = DamagedStore(world.store, [key])
        let problems = try await world.collecting(on: damaged).problems.changes
        #expect(problems.began.map(\.kind) == [.state])
        #expect(problems.began.first?.organization == "acme")
        #expect(
            problems.began.first?.text.hasPrefix("\(key) is damaged. It is written anew") == true)
        #expect(try await world.collecting(on: damaged).problems.changes.isEmpty)
    }

    @Test("of an integration stops only that integration")
    func integration() async throws {
        let github = AuthorizingGitHub()
        try await world.connect(github, "9-a")
        try await world.connect(github, "9-b")
        let key = StoreKey.integration(try #require(IntegrationID("9-a")))
        let output = try await world.tick(github, on: DamagedStore(world.store, [key]))
        #expect(output.events.count == 3)
        #expect(output.events.allSatisfy { $0.id.hasPrefix("collect/9-b/") })
        #expect(output.attention.map(\.integration) == ["9-a"])
        #expect(output.attention.first?.reason.contains("is damaged") == true)
    }

    @Test("of a lease does not keep tokens from being refreshed")
    func lease() async throws {
        let github = AuthorizingGitHub()
        try await world.connect(github)
        world.clock.advance(by: .seconds(28_800))
        let damaged = DamagedStore(world.store, [.refreshLease(world.id)])
        #expect(try await world.tick(github, on: damaged).events.count == 3)
        #expect(github.requests.contains("POST /login/oauth/access_token"))
    }
}
