import CCurl
import Domain
import Ports

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Failure {
    /// Converts an error of libcurl.
    ///
    /// - Parameters:
    ///   - host: The host of the request.
    ///   - detail: libcurl's message about this error; empty if there is none.
    init(_ code: CURLcode, host: String, detail: String) {
        let text = detail.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : detail
        let message = "\(host): \(text)"
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timedOut, message)
        case CURLE_URL_MALFORMAT:
            self.init(.misconfigured, message)
        case CURLE_SSL_CACERT_BADFILE:
            self.init(
                .misconfigured,
                "\(message). Set SSL_CERT_FILE to a readable PEM file with certificates.")
        case CURLE_PEER_FAILED_VERIFICATION:
            self.init(
                .untrustedHost,
                "\(message). If your own authority issued the certificate, set SSL_CERT_FILE.")
        default:
            self.init(.unavailable, Self.isOutOfFiles ? "\(host): \(Self.outOfFiles)" : message)
        }
    }

    private static let outOfFiles = "this process may not open more files. \(raiseFileLimit)"

    /// Whether another file cannot be opened now, which libcurl reports as a host that it cannot reach.
    private static var isOutOfFiles: Bool {
        let copy = dup(STDERR_FILENO)
        guard copy >= 0 else { return errno == EMFILE || errno == ENFILE }
        close(copy)
        return false
    }
}
