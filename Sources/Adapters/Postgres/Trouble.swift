import Domain
import Ports

/// A failure, and what the database's own code can still do about it.
struct Trouble: Error {
    /// What may help before anybody else is told.
    enum Cure {
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
    let cure: Cure

    init(_ failure: Failure, cure: Cure = .none) {
        self.failure = failure
        self.cure = cure
    }

    init(_ code: Failure.Code, _ message: String, cure: Cure = .none) {
        self.init(Failure(code, message), cure: cure)
    }
}
