import Authorization
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnCollectOrg
import OnDailyTick
import Ports
import Testing
import Toolbox

@Suite("Reading final days again", .timeLimit(.minutes(1)))
struct AgainTests {
    private let base: CollectOrgTests
    private let again: CollectEvent

    init() throws {
        base = try CollectOrgTests()
        var event = base.event
        event.again = true
        again = event
    }

    /// Collects the day until it is final.
    private func close(_ identity: UserIdentity = .full) async throws -> Manifest {
        _ = try await base.function(identity).run(base.event)
        base.clock.advance(by: .seconds(3 * 86_400))
        let manifest = try await base.function(identity).run(base.event)
        #expect(manifest.final)
        return manifest
    }

    @Test("sends what a backend lost, and says that GitHub reports the same")
    func lostBackend() async throws {
        let closed = try await close()
        let sent = base.sink.writings.count
        #expect(try await base.function().run(base.event) == closed)
        #expect(base.sink.writings.count == sent)

        let manifest = try await base.function().run(again)
        #expect(base.sink.writings.count == sent + 3)
        for source in Source.reports {
            let result = try #require(manifest.sources[source])
            #expect(result.outcome == .written && result.changes == nil)
            #expect(result.samples == closed.sources[source]?.samples)
            #expect(result.notes?.first?.hasPrefix("sent again on request") == true)
        }
        #expect(manifest.sources[.billing]?.outcome == .unchanged)
        #expect(manifest.sources[.billing]?.notes?.first?.hasPrefix("not sent again") == true)
        #expect(manifest.final && manifest.samples == closed.samples)
    }

    @Test("counts what GitHub revised after the day was final")
    func revised() async throws {
        _ = try await close()
        base.github.change {
            $0.files[.users] = [
                CollectOrgTests.ada.replacing(":3", with: ":4"), CollectOrgTests.bo,
            ]
        }
        let manifest = try await base.function().run(again)
        #expect(manifest.sources[.users]?.outcome == .restated)
        #expect(manifest.sources[.users]?.changes == SourceResult.Changes(changed: 1))
        #expect(manifest.sources[.organization]?.outcome == .written)
        #expect(manifest.final)
        // And once more, compared with what was sent last.
        base.github.change { $0.files[.users] = [CollectOrgTests.ada.replacing(":3", with: ":4")] }
        let third = try await base.function().run(again)
        #expect(third.sources[.users]?.changes == SourceResult.Changes(changed: 0, removed: 1))
    }

    @Test("sends another identity's series, and counts them as changes")
    func identity() async throws {
        _ = try await close()
        let manifest = try await base.function(.pseudonym).run(again)
        let users = try #require(manifest.sources[.users])
        #expect(users.outcome == .restated)
        #expect(users.changes == SourceResult.Changes(changed: 0, added: 2, removed: 2))
    }

    @Test("leaves a day as it was of which GitHub no longer has the report")
    func gone() async throws {
        let closed = try await close()
        base.github.change { answers in
            for source in Source.reports { answers.envelopes[source] = (204, "") }
        }
        let manifest = try await base.function().run(again)
        #expect(manifest.final && !manifest.isFault)
        #expect(manifest.samples == closed.samples)
        for source in Source.reports {
            #expect(manifest.sources[source]?.outcome == .unchanged)
            #expect(manifest.sources[source]?.digest == closed.sources[source]?.digest)
            #expect(manifest.sources[source]?.notes?.last?.contains("not sent again") == true)
        }
    }

    @Test("is asked for by a tick, of every day of its range, with ids of their own")
    func tick() async throws {
        let clock = ManualClock(try #require(Timestamp("2026-11-22T06:00:00Z")))
        let store = MemoryStore(clock: clock)
        let github = AuthorizingGitHub()
        let id = try #require(IntegrationID("9-copilot"))
        try await github.connect(
            id, named: "copilot", in: store, at: clock.now(),
            until: clock.now().advanced(by: .seconds(28_800)))
        for text in ["2026-11-20", "2026-11-21"] {
            let day = try #require(Day(text))
            let event = CollectEvent(
                integration: id, installation: InstallationID(1),
                organization: try #require(OrganizationLogin("acme")), day: day)
            let manifest = Manifest(event: event, sources: [:], final: true, readAt: clock.now())
            let key = StoreKey.manifest(id, InstallationID(1), day)
            try await store.put(Stored.encode(manifest, for: key), for: key, if: .always)
        }
        let function = try DailyTick(
            store: store, vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock),
            authorizeURL: "https://usage.example/authorize")
        func events(_ again: Bool?) async throws -> [CloudEvent] {
            try await function.run(
                DailyTick.Event(
                    from: Day("2026-11-20"), to: Day("2026-11-21"), again: again)
            ).events
        }
        #expect(try await events(nil).isEmpty)
        #expect(try await events(false).isEmpty)
        let found = try await events(true)
        #expect(found.map(\.subject) == ["acme/2026-11-21", "acme/2026-11-20"])
        #expect(
            found.map(\.id)
                == ["21", "20"].map {
                    "collect/9-copilot/900001/2026-11-\($0)/2026-11-22/again/2026-11-22T06:00:00Z"
                })
        #expect(found.allSatisfy { $0.data["again"] == .bool(true) })
        let decoded = try found[0].data.decode(CollectEvent.self)
        #expect(decoded.again && decoded.day == Day("2026-11-21"))
        // Without a range, the days of the look-back.
        let lookback = try await function.run(DailyTick.Event(again: true)).events
        #expect(lookback.count == 3)
        let plain = try JSON.event(
            Array(#"{"again": true, "to": "2026-11-21", "from": "2026-11-21"}"#.utf8))
        #expect(try await function.run(plain.decode(DailyTick.Event.self)).events.count == 1)
    }
}
