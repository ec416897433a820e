import Domain
import Ports

/// An idempotent part of a transaction.
struct Step: Sendable {
    let run: @Sendable (Connection) throws(DatabaseError) -> Void

    init(_ run: @escaping @Sendable (Connection) throws(DatabaseError) -> Void) { self.run = run }
}

extension StateChange {
    /// Returns a step that applies the change.
    ///
    /// The step chooses the new version once, so that it can be repeated.
    func step(at now: Present) -> Step {
        switch self {
        case .put(let value, let key, let condition, let expiry):
            let write = StateWrite(value, for: key, if: condition, until: expiry, at: now)
            return Step { connection throws(DatabaseError) in try write.run(on: connection) }
        case .update(let key, let expiry, let next):
            let version = StoreVersion.random
            return Step { connection throws(DatabaseError) in
                let entry = try PostgresStore.entry(key, at: now, isLocked: true, on: connection)
                guard entry?.version != version, let value = next(entry?.value) else { return }
                do throws(DatabaseError) {
                    try StateWrite(
                        value, for: key, if: StoreCondition(unchangedSince: entry), until: expiry,
                        at: now, version: version
                    ).run(on: connection)
                } catch {
                    // An absent entry cannot be locked, and another writer was faster.
                    guard error.failure.code == .conflict else { throw error }
                    throw DatabaseError(error.failure, recovery: .again)
                }
            }
        }
    }
}
