import CPostgres
import Domain
import Ports

/// libpq, loaded once per process, on first use.
enum Libpq {
    // Why libpq cannot be used; nil if it can.
    private static let problem: String? =
        if let missing = unsafe cpostgres_load() { unsafe String(cString: missing) } else { nil }

    /// Loads libpq unless it is loaded.
    ///
    /// - Throws: `misconfigured` if it cannot be loaded.
    static func load() throws(Failure) {
        if let problem {
            throw Failure(
                .misconfigured,
                "libpq cannot be loaded: \(problem). Install it (on Debian: libpq5).")
        }
    }
}
