import CurlHTTP
import Domain
import DynamoStore
import InMemory
import Ports
import TestSupport
import Testing
import Toolbox

@Suite("The migration of a table", .besideMoto, .timeLimit(.minutes(5)))
struct MigrationTests {
    private static let old = "copilot-usage"
    private static let later = noon.advanced(by: .seconds(3_600))
    private static let entries: [(String, Timestamp?)] = [
        ("integration/9-a", nil), ("integration/9-b", nil), ("credentials/9-a", nil),
        ("credentials/9-b", nil), ("tick/last", nil), ("problems/runner", later),
        ("days/9-a/1", later), ("manifest/9-a/1/2026-11-21", later),
        ("manifest/gone/7/2026-11-21", later), ("unknown/9-a", nil),
    ]

    /// Whether a partition holds entries of layout 2.
    private static func isNew(_ partition: String) -> Bool {
        partition.hasPrefix("\(old)/") || partition == "\(old)-common"
    }

    /// The entries of a table of layout 1, without the one that has expired.
    private static func before(_ table: TestTable) async throws -> [String: JSONValue] {
        try await table.entries { $0 == old }.filter { $0.key != "doctor/0" }
    }

    @Test(
        "moves every attribute of every entry, and leaves a newer format in place of integrations")
    func whole() async throws {
        let table = try await TestTable.layout1(Self.entries)
        // A damaged entry is not lost either.
        try await table.put(Self.old, "days/9-b/2", ["value": .object(["N": .string("1")])])
        let before = try await Self.before(table)
        #expect(before.count == Self.entries.count + 1)
        let store = try table.store()
        #expect(try await store.migrate() == before.count)
        #expect(try await table.entries(in: Self.isNew) == before)
        let left = try await table.entries { $0 == Self.old }.keys.sorted()
        #expect(left == ["doctor/0", "integration/9-a", "integration/9-b"])
        // The same process goes on, and so does a new one.
        for store in [store, try table.store()] {
            #expect(try await store.allKeys(prefix: "").map(\.description) == before.keys.sorted())
            #expect(try await store.pendingMigration() == nil)
            #expect(try await store.migrate() == 0)
        }
    }

    @Test("can be interrupted after any request, and run again")
    func interrupted() async throws {
        for count in 0..<200 {
            let table = try await TestTable.layout1(Self.entries)
            let before = try await Self.before(table)
            let dying = DyingTransport(CurlTransport(), after: count)
            let isDone = (try? await table.store(dying).migrate()) != nil
            let everywhere = try await table.entries { $0 == Self.old || Self.isNew($0) }
            #expect(Set(everywhere.keys) == Set(before.keys).union(["doctor/0"]))
            if !isDone { try await Self.checkInterrupted(table) }
            _ = try await table.store().migrate()
            #expect(try await table.entries(in: Self.isNew) == before, "after \(count) requests")
            if isDone {
                #expect(count > Self.entries.count)
                return
            }
        }
        Issue.record("the migration never ended")
    }

    /// Checks that another program sees all entries, or is told what to do.
    private static func checkInterrupted(_ table: TestTable) async throws {
        let store = try table.store()
        let key = try place("tick/last")
        do throws(Failure) {
            #expect(try await store.entry(for: key)?.value == Array("tick/last".utf8))
            #expect(try await store.allKeys(prefix: "").count == entries.count)
        } catch {
            #expect(error.code == .unavailable)
            #expect(error.message.contains("copilot-local state migrate"))
            await expectFailure(.unavailable) { try await store.put([], for: key, if: .always) }
        }
    }

    @Test("can be run again after a response was lost")
    func lostAnswer() async throws {
        let table = try await TestTable.layout1(Self.entries)
        let before = try await Self.before(table)
        let losing = LosingTransport(CurlTransport(), losing: 1, of: "TransactWriteItems")
        // moto does not know the token by which DynamoDB recognizes a repeated transaction.
        await expectFailure(.conflict) { _ = try await table.store(losing).migrate() }
        _ = try await table.store().migrate()
        #expect(try await table.entries(in: Self.isNew) == before)
    }

    @Test("reports an entry that changed meanwhile, and moves what it became")
    func changed() async throws {
        let table = try await TestTable.layout1(Self.entries)
        let key = try place("credentials/9-a")
        let warm = try table.store()
        let version = try #require(try await warm.entry(for: key)?.version)
        let transport = WatchedTransport { request in
            let body = String(decoding: request.body, as: UTF8.self)
            guard body.contains("TransactItems"), body.contains("\(key)") else { return }
            _ = try? await warm.put([1], for: key, if: .version(version))
        }
        let failure = await expectFailure(.conflict) {
            _ = try await table.store(transport).migrate()
        }
        #expect(failure?.message.contains("Stop everything that uses the table") == true)
        _ = try await table.store().migrate()
        #expect(try await table.store().entry(for: key)?.value == [1])
    }

    @Test("makes programs that know only one partition refuse, and change nothing")
    func oldProgram() async throws {
        let key = StoreKey.integration(try #require(IntegrationID("9-a")))
        let table = try await TestTable.layout1(Self.entries)
        let before = try await Self.before(table)
        _ = try await table.store().migrate()
        let left = try await table.entries { $0 == Self.old }
        #expect(left["credentials/9-a"] == nil)
        let found = try await table.item(Self.old, key)
        let failure = await expectFailure(.newerFormat) {
            _ = try Stored.decode(Integration.self, from: found.value, at: key)
        }
        #expect(failure?.message.contains("has format version 2") == true)
        // A write on the condition that the integration is as it was read before fails.
        #expect(found.version != before[key.description]?["version"])
    }

    @Test("is noticed by a process that read the layout before", arguments: [false, true])
    func warmProcess(isInterrupted: Bool) async throws {
        let table = try await TestTable.layout1(Self.entries)
        let warm = try table.store()
        let key = try place("integration/9-a")
        let known = try #require(try await warm.entry(for: key))
        if isInterrupted {
            // Two requests for the layout, one to change it, one for the integrations, and one for each.
            let dying = DyingTransport(CurlTransport(), after: 6)
            await expectFailure(.unavailable) { _ = try await table.store(dying).migrate() }
            let failure = await expectFailure(.unavailable) { _ = try await warm.entry(for: key) }
            #expect(failure?.message.contains("copilot-local state migrate") == true)
        }
        _ = try await table.store().migrate()
        #expect(try await warm.entry(for: key) == known)
        #expect(try await warm.allKeys(prefix: "").count == Self.entries.count)
        try await warm.put([1], for: place("tick/last"), if: .always)
        #expect(try await table.store().entry(for: place("tick/last"))?.value == [1])
    }
}
