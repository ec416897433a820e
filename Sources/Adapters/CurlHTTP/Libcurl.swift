import Domain
import CCurl
import Ports

/// libcurl, loaded and set up once for the process by whoever needs it first.
enum Libcurl {
    // Nothing, or why it cannot be used.
    private static let problem: String? = {
        if let missing = unsafe ccurl_load() { return unsafe String(cString: missing) }
        return ccurl_global_init() == CURLE_OK ? nil : "it does not start"
    }()

    /// Sees to it that libcurl is there.
    ///
    /// - Throws: `misconfigured` if it is not.
    static func load() throws(Failure) {
        if let problem {
            throw Failure(
                .misconfigured,
                "libcurl cannot be loaded: \(problem); install it (Debian's package is libcurl4)")
        }
    }
}
