import CCurl
import Domain
import Ports

/// libcurl, loaded and initialized once per process, on first use.
enum Libcurl {
    // Why libcurl cannot be used; nil if it can.
    private static let problem: String? = {
        if let missing = unsafe ccurl_load() { return unsafe String(cString: missing) }
        return ccurl_global_init() == CURLE_OK ? nil : "it cannot be initialized"
    }()

    /// Loads libcurl unless it is loaded.
    ///
    /// - Throws: `misconfigured` if it cannot be loaded.
    static func load() throws(Failure) {
        if let problem {
            throw Failure(
                .misconfigured,
                "libcurl cannot be loaded: \(problem). Install it (on Debian: libcurl4).")
        }
    }
}
