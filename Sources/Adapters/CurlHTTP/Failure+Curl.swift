import Domain
import CCurl
import Ports

extension Failure {
    /// Says in the system's words what libcurl says in its own.
    ///
    /// - Parameters:
    ///   - code: libcurl's code.
    ///   - host: Whom it was about.
    ///   - detail: What libcurl wrote about this one failure; empty if nothing.
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
                "\(message); SSL_CERT_FILE must name a readable file of certificates in PEM")
        case CURLE_PEER_FAILED_VERIFICATION:
            self.init(
                .untrustedHost,
                "\(message); if an authority of your own vouches for it, set SSL_CERT_FILE")
        default:
            self.init(.unavailable, message)
        }
    }
}
