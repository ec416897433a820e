import Domain
import Ports

/// A failure, and how ``PostgresDatabase`` can recover from it.
struct DatabaseError: Error {
    /// How to recover.
    enum Recovery {
        /// Not possible.
        case none
        /// Open a new connection: this one is lost, or leads to a read-only server.
        case reconnect
        /// Repeat the transaction: it conflicted with another one.
        case again
        /// Create the schema, which was removed.
        case schema
    }

    let failure: Failure
    let recovery: Recovery

    init(_ failure: Failure, recovery: Recovery = .none) {
        self.failure = failure
        self.recovery = recovery
    }

    init(_ code: Failure.Code, _ message: String, recovery: Recovery = .none) {
        self.init(Failure(code, message), recovery: recovery)
    }
}
