import CCurl
import Domain
import Ports

/// A libcurl easy handle with unique ownership, used on libcurl's thread.
///
/// Source: <https://curl.se/libcurl/c/libcurl-easy.html>, libcurl 7.88.
@safe struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    let transfer: Transfer
    private let errorText: UnsafeMutablePointer<CChar>
    private let fields: HeaderList

    /// Creates a handle for one transfer.
    init(_ transfer: Transfer, _ fields: consuming HeaderList) {
        guard let raw = unsafe curl_easy_init() else {
            preconditionFailure("libcurl cannot allocate memory for a request")
        }
        unsafe self.raw = raw
        self.transfer = transfer
        self.fields = fields
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    // The handle is cleaned up first, because it refers to the other members.
    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe errorText.deallocate()
    }

    /// Sets all options of the transfer.
    ///
    /// - Throws: `misconfigured` if libcurl rejects the request or a setting.
    func configure(_ settings: CurlTransport.Settings) throws(Failure) {
        try set(settings)
        try set(transfer.request)
        try set(transfer.policy)
        try check(unsafe connectCallbacks(of: raw, to: transfer))
    }

    /// Converts libcurl's error into a failure.
    func failure(_ code: CURLcode) -> Failure {
        let detail = unsafe String(cString: errorText)
        return Failure(code, host: transfer.target.host, detail: detail)
    }

    private func set(_ settings: CurlTransport.Settings) throws(Failure) {
        try check(unsafe ccurl_set_error_text(raw, errorText))
        try set(CURLOPT_USERAGENT, settings.userAgent)
        if let caFile = settings.caFile { try set(CURLOPT_CAINFO, caFile) }
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        try set(CURLOPT_PROTOCOLS_STR, "https,http")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // Signals are not usable for timeouts in a process with several threads.
        try set(CURLOPT_NOSIGNAL, 1)
        // A slow name resolution must not block the thread after its transfer was cancelled.
        try set(CURLOPT_QUICK_EXIT, 1)
        // A `PackedStream` decompresses the body. Unlike libcurl it detects a truncated one.
        try set(CURLOPT_ACCEPT_ENCODING, Packing.accepted)
        try set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        // Only the head of the host's response is wanted, not that of a proxy.
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(CURLOPT_BUFFERSIZE, 64 * 1024)
    }

    private func set(_ request: HTTPClientRequest) throws(Failure) {
        try set(CURLOPT_URL, request.url)
        switch request.method {
        case "HEAD":
            try set(CURLOPT_NOBODY, 1)
        case "GET" where request.body.isEmpty, "DELETE" where request.body.isEmpty:
            try set(CURLOPT_HTTPGET, 1)
        default:
            // libcurl copies the body. An empty body is sent as such.
            let byteCount = curl_off_t(request.body.count)
            try check(unsafe ccurl_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, byteCount))
            try check(unsafe ccurl_set_bytes(raw, CURLOPT_COPYPOSTFIELDS, request.body))
        }
        try set(CURLOPT_CUSTOMREQUEST, request.method)
        try check(unsafe ccurl_set_list(raw, CURLOPT_HTTPHEADER, fields.first))
        if let signing = request.signing { try set(signing) }
        // libcurl repeats a request only on a connection that it reused.
        if request.isOnce { try set(CURLOPT_FRESH_CONNECT, 1) }
        // libcurl sends `Expect: 100-continue` with a large body, but need not wait for the response.
        try set(CURLOPT_EXPECT_100_TIMEOUT_MS, 0)
        // For libcurl, 0 is no timeout. The largest value is 24 days.
        let milliseconds = min(max(request.timeout / .milliseconds(1), 1), Double(Int32.max))
        try set(CURLOPT_TIMEOUT_MS, Int(milliseconds))
    }

    /// Lets libcurl sign the request.
    ///
    /// libcurl 7.88 signs many requests incorrectly: paths and queries that need encoding, empty or
    /// repeated fields, or a body from a callback. It signs `POST /` with a complete body correctly.
    private func set(_ signing: AWSSigning) throws(Failure) {
        guard transfer.request.method == "POST", transfer.target.isRoot else {
            throw Failure(.misconfigured, "only POST requests to / can be signed for AWS")
        }
        try set(CURLOPT_AWS_SIGV4, "aws:amz:\(signing.region):\(signing.service)")
        try set(CURLOPT_USERNAME, signing.keyID)
        try signing.secretKey.reveal { key throws(Failure) in try set(CURLOPT_PASSWORD, key) }
    }

    private func set(_ policy: ProxyPolicy) throws(Failure) {
        switch policy.proxy {
        case .environment: break
        case .none: try set(CURLOPT_PROXY, "")
        case .named(let proxy):
            try set(CURLOPT_PROXY, proxy)
            try set(CURLOPT_NOPROXY, "")  // Overrides `no_proxy`.
        }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(Failure) {
        try check(unsafe ccurl_set_long(raw, option, value))
    }

    // libcurl copies the string.
    private func set(_ option: CURLoption, _ value: String) throws(Failure) {
        try check(unsafe ccurl_set_string(raw, option, value))
    }

    private func check(_ code: CURLcode) throws(Failure) {
        if code != CURLE_OK { throw failure(code) }
    }
}
