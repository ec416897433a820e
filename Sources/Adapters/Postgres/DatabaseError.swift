import Domain
import Ports

/// A failure, and what the database's own code can still do about it.
struct DatabaseError: Error {
    /// What may help before anybody else is told.
    enum Recovery {
        /// Nothing.
        case none
        /// A new connection: this one is lost, or leads to a server that may not be written to.
        case reconnect
        /// The same transaction again: another one was in its way.
        case again
        /// The schema, which somebody removed.
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
