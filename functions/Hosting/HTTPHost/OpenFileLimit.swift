#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The number of files and connections that the process may have open.
enum OpenFileLimit {
    /// The files that are open besides the connections of clients: the state, the bus, logs, and the
    /// connections to GitHub and to backends.
    private static let reserve = 128

    /// Raises the limit as far as the system allows, and returns how many connections fit into it.
    ///
    /// A server that accepts more has no descriptor left to accept or to answer with, and would only
    /// try again and again.
    ///
    /// - Parameter wanted: The most connections that are of use.
    static func connectionCount(atMost wanted: Int) -> Int {
        #if canImport(Darwin) || canImport(Musl)
        let files = RLIMIT_NOFILE
        #else
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        var limit = rlimit()
        // The pointer is only used during the call.
        guard unsafe getrlimit(files, &limit) == 0 else { return wanted }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            // The pointer is only used during the call.
            if unsafe setrlimit(files, &raised) == 0 { limit = raised }
        }
        return connectionCount(atMost: wanted, ofFiles: Int(clamping: limit.rlim_cur))
    }

    /// How many connections fit into a limit on open files.
    static func connectionCount(atMost wanted: Int, ofFiles limit: Int) -> Int {
        min(wanted, max(1, limit > 2 * reserve ? limit - reserve : limit / 2))
    }
}
