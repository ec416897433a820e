import Domain
import Fakes
import InMemory
import Ports
import Postgres
import TestSupport
import Testing

let noon = Timestamp(seconds: 1_795_262_400)
let lease = Duration.seconds(300)

func event(_ id: String) -> CloudEvent {
    CloudEvent(id: id, type: .collect, subject: "acme/2026-11-21", time: noon, data: .object([:]))
}

func key(_ text: String) throws -> StoreKey { try #require(StoreKey(text)) }

/// Opens a database.
func database(_ url: String) throws(Failure) -> PostgresDatabase {
    PostgresDatabase(try PostgresAddress(url, variable: "STATE_STORE"))
}

/// Opens a database that is retried once, without a wait.
func impatientDatabase(_ url: String) throws(Failure) -> PostgresDatabase {
    var limits = PostgresDatabase.Limits()
    limits.waits = [.zero]
    return PostgresDatabase(try PostgresAddress(url, variable: "STATE_STORE"), limits: limits)
}

/// Returns the failure of an unusable database.
func failure(
    of database: PostgresDatabase, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> Failure {
    let store = PostgresStore(database, clock: ManualClock(noon))
    let k = try key("k")
    return try #require(
        await #expect(throws: Failure.self, sourceLocation: sourceLocation) {
            try await store.entry(for: k)
        })
}
