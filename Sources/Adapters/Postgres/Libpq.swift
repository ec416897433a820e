import Domain
import CPostgres
import Ports

/// libpq, loaded once for the process by whoever needs it first.
enum Libpq {
    // Nothing, or why it cannot be used.
    private static let problem: String? =
        if let missing = unsafe cpostgres_load() { unsafe String(cString: missing) } else { nil }

    /// Sees to it that libpq is there.
    ///
    /// - Throws: `misconfigured` if it is not.
    static func load() throws(Failure) {
        if let problem {
            throw Failure(
                .misconfigured,
                "libpq cannot be loaded: \(problem); install it (Debian's package is libpq5)")
        }
    }
}
