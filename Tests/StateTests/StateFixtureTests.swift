import Authorization
import CollectedDays
import Domain
import Fakes
import FileBus
import FileStore
import GitHub
import InMemory
import OpenSSLCrypto
import Ports
import Postgres
import Problems
import Reports
import Runner
import TestSupport
import Testing
import Toolbox
import Worker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The state of a released version", .timeLimit(.minutes(5)))
struct StateFixtureTests {
    /// A moment at which nothing of it has expired.
    private static let clock = ManualClock(Timestamp(seconds: 1_795_700_000))

    private func vault(_ fixture: StateFixture) throws -> AESGCMVault {
        try AESGCMVault(keys: fixture.keys.map { Secret($0) })
    }

    /// Reads one entry as the program does.
    ///
    /// A new kind of entry does not compile without a line here.
    private func read(
        _ value: [UInt8], at key: StoreKey, in vault: any Vault
    ) throws -> StoreKey.Kind {
        let kind = try #require(key.kind, "\(key)")
        switch kind {
        case .integration:
            let integration = try Stored.decode(Integration.self, from: value, at: key)
            #expect(!integration.organizations.isEmpty)
        case .credentials:
            let id = try #require(IntegrationID(String(key.description.dropFirst(12))))
            let tokens = try Credentials.open(value, of: id, in: vault)
            #expect(tokens.access.secret.reveal { $0.hasPrefix("ghu_") } && tokens.refresh != nil)
        case .manifest:
            let manifest = try Stored.decode(Manifest.self, from: value, at: key)
            #expect(manifest.sources.count == Source.allCases.count)
        case .days:
            let days = try Stored.decode(KnownDays.self, from: value, at: key)
            #expect(!days.isFinal.isEmpty)
        case .problems:
            let list = try Stored.decode(ProblemList.self, from: value, at: key)
            #expect(!list.problems.isEmpty)
        case .tick: _ = try Stored.decode(LastTick.self, from: value, at: key)
        case .gitHubApp: _ = try StoredApp(opening: value, in: vault)
        case .pseudonymKey:
            #expect(try !vault.open(value, from: key).reveal { $0.isEmpty })
        case .imprint:
            // The digest of the source stands before the snapshot.
            let snapshot = SeriesSnapshot(bytes: try Stored.bytes(of: value, at: key).dropFirst(32))
            #expect(snapshot != nil)
        case .usedAuthorization, .lease, .runner, .doctor: try Stored.check(value, at: key)
        }
        return kind
    }

    private func readAll(_ store: any KeyValueStore, _ vault: any Vault) async throws {
        var kinds: Set<StoreKey.Kind> = []
        for key in try await store.allKeys(prefix: "") {
            let entry = try #require(try await store.entry(for: key))
            kinds.insert(try read(entry.value, at: key, in: vault))
        }
        // An entry of a diagnosis is gone when the command ends.
        #expect(kinds == Set(StoreKey.Kind.allCases).subtracting([.doctor]))
        #expect(try await RunnerAddress(store).last()?.hasPrefix("http://127.0.0.1:") == true)
        let reader = StateReader(store)
        #expect(try await reader.integrations().count == 1)
        #expect(try await reader.manifests().count == 4)
        try await reader.readOthers()
        #expect(reader.problems.isEmpty)
        #expect(try await ProblemBook(store).all().count == 3)
    }

    private func check(_ events: [QueuedEvent]) {
        #expect(events.count { $0.due == nil } == 3)
        #expect(events.count { $0.due != nil } == 1)
        #expect(events.filter { $0.due == nil }.allSatisfy { $0.reason?.isEmpty == false })
        #expect(Set(events.map(\.event.type)) == Set(EventType.allCases))
    }

    @Test("in files is read whole", arguments: StateFixture.versions)
    func files(version: String) async throws {
        let fixture = try StateFixture(version)
        try await withTemporaryFolder { folder in
            try fixture.write(to: folder)
            let store = try FileStore(folder: folder + "/state", clock: Self.clock)
            try await readAll(store, vault(fixture))
            let bus = try FileBus(folder: folder + "/bus", clock: Self.clock)
            check(try await bus.queued())
            #expect(try await bus.damage().isEmpty)
            let journal = Journal.entries(at: folder + "/state.journal.ndjson", last: 10_000)
            let lines = try #require(fixture.files["state.journal.ndjson"]?.text)
            #expect(journal.count == lines.split(separator: "\n").count)
        }
    }

    @Test("in PostgreSQL is read whole", arguments: StateFixture.versions)
    func postgres(version: String) async throws {
        let (fixture, script) = (try StateFixture(version), try StateFixture.script(version))
        try await SharedPostgres.withDatabase { url, sql in
            _ = try await sql(script)
            let database = PostgresDatabase(try PostgresAddress(url, variable: "STATE_STORE"))
            try await readAll(PostgresStore(database, clock: Self.clock), vault(fixture))
            check(try await PostgresBus(database, clock: Self.clock).queued())
        }
    }

    @Test(
        "is sealed again under a new key, and then needs no other", arguments: StateFixture.versions
    )
    func reseal(version: String) async throws {
        let fixture = try StateFixture(version)
        let fresh = Secret(Data(repeating: 7, count: 32).base64EncodedString())
        try await withTemporaryFolder { folder in
            try fixture.write(to: folder)
            let store = try FileStore(folder: folder + "/state", clock: Self.clock)
            let all = try AESGCMVault(keys: [fresh] + fixture.keys.map { Secret($0) })
            let before = try await SealedEntries(store: store, vault: all).all()
            #expect(before.map(\.position) == [1, 1, 2])
            let result = try await SealedEntries(store: store, vault: all).reseal()
            #expect(result.resealed == 3 && result.current == 0 && result.failed.isEmpty)
            try await readAll(store, AESGCMVault(keys: [fresh]))
            let again = try await SealedEntries(store: store, vault: all).reseal()
            #expect(again.resealed == 0 && again.current == 3)
        }
    }
}
