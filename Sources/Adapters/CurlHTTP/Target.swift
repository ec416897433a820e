import CCurl
import Domain
import Ports
import Toolbox

/// The target of a request, as libcurl parses the URL.
struct Target: Hashable, Sendable {
    /// The host in the URL, in lower case.
    ///
    /// An IPv6 address is in brackets.
    let host: String
    /// The host and the port, such as `api.github.com:443`.
    let hostAndPort: String
    /// Whether the host is always this machine.
    let isLoopback: Bool
    /// Whether the path is `/` without a query.
    let isRoot: Bool

    /// Parses a URL.
    ///
    /// - Throws: `misconfigured` if it is not an absolute `https` or `http` URL, if it contains
    ///   credentials, which would appear in logs, or if libcurl cannot be loaded.
    init(_ url: String) throws(Failure) {
        // Every request begins by parsing its URL, so libcurl is first needed here.
        try Libcurl.load()
        let address = unsafe curl_url()
        defer { unsafe curl_url_cleanup(address) }
        // A C string ends at NUL. The URL that is sent must be the one that was checked.
        guard !url.utf8.contains(0) else { throw Self.notAnAddress(CURLUE_MALFORMED_INPUT) }
        let code = unsafe curl_url_set(address, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER))
        guard code == CURLUE_OK else { throw Self.notAnAddress(code) }

        func part(_ part: CURLUPart) throws(Failure) -> String {
            var text: UnsafeMutablePointer<CChar>?
            let code = unsafe curl_url_get(address, part, &text, UInt32(CURLU_DEFAULT_PORT))
            guard code == CURLUE_OK, let text = unsafe text else { throw Self.notAnAddress(code) }
            defer { unsafe curl_free(text) }
            return unsafe String(cString: text).lowercased()
        }

        guard ["https", "http"].contains(try part(CURLUPART_SCHEME)) else {
            throw Self.notAnAddress(CURLUE_UNSUPPORTED_SCHEME)
        }
        host = try part(CURLUPART_HOST)
        hostAndPort = "\(host):\(try part(CURLUPART_PORT))"
        isLoopback = IPAddress.isLoopback(host: host)
        isRoot = try part(CURLUPART_PATH) == "/" && (try? part(CURLUPART_QUERY)) == nil
    }

    /// Describes an invalid URL without quoting it, because its query may be a signature.
    private static func notAnAddress(_ code: CURLUcode) -> Failure {
        let reason = unsafe String(cString: curl_url_strerror(code))
        return Failure(.misconfigured, "not an https or http address: \(reason)")
    }
}
