import Domain
import CCurl
import Ports
import Toolbox

/// Where a request goes, as libcurl reads its address.
struct Target: Hashable, Sendable {
    /// The host as it stands in the address, lower-case; an IPv6 address in brackets.
    let host: String
    /// The host and the port, which is the scheme's own if the address names none.
    let hostAndPort: String
    /// Whether it can be nothing but this machine.
    let isLoopback: Bool
    /// Whether it is `/` without a query.
    let isRoot: Bool

    /// Reads an address.
    ///
    /// - Throws: `misconfigured` if it is not an absolute one of `https` or `http`, or holds
    ///   credentials, which would end up in logs; or if there is no libcurl to read it.
    init(_ url: String) throws(Failure) {
        // Each request begins with reading its address, so here libcurl is first needed.
        try Libcurl.load()
        let address = unsafe curl_url()
        defer { unsafe curl_url_cleanup(address) }
        // A C string ends at a NUL, and what is sent must be what was checked.
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

    /// Says what is wrong with an address, without its query, which may be a signature.
    private static func notAnAddress(_ code: CURLUcode) -> Failure {
        let reason = unsafe String(cString: curl_url_strerror(code))
        return Failure(.misconfigured, "not an address of https or http: \(reason)")
    }
}
