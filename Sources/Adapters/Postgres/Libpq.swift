import Domain
import CPostgres
import Ports

/// libpq, loaded once for the process by whoever needs it first.
enum Libpq {
    // Nothing, or why it cannot be used.
    private static let trouble: String? =
        if let missing = unsafe cpostgres_load() { unsafe String(cString: missing) } else { nil }

    /// Sees to it that libpq is there.
    ///
    /// - Throws: `misconfigured` if it is not.
    static func load() throws(Failure) {
        if let trouble {
            throw Failure(
                .misconfigured,
                "libpq cannot be loaded: \(trouble); install it (Debian's package is libpq5)")
        }
    }
}
