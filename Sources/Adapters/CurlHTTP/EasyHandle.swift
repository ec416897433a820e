import CCurl
import Domain
import Ports

/// One libcurl easy handle, owned: made once, cleaned up once, never copied, on libcurl's thread.
///
/// Source: <https://curl.se/libcurl/c/libcurl-easy.html>, libcurl 7.88.
@safe struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    let transfer: Transfer
    private let errorText: UnsafeMutablePointer<CChar>
    private let fields: HeaderList

    /// Makes a handle for one transfer.
    init(_ transfer: Transfer, _ fields: consuming HeaderList) {
        guard let raw = unsafe curl_easy_init() else {
            preconditionFailure("libcurl has no memory for a request")
        }
        unsafe self.raw = raw
        self.transfer = transfer
        self.fields = fields
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    // What libcurl was lent goes after libcurl let go of it; the fields and the transfer are last.
    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe errorText.deallocate()
    }

    /// Tells libcurl all about the transfer.
    ///
    /// - Throws: `misconfigured` if the request or a setting is one that libcurl cannot take.
    func configure(_ settings: CurlTransport.Settings) throws(Failure) {
        try set(settings)
        try set(transfer.request)
        try set(transfer.policy)
        try check(unsafe connectCallbacks(of: raw, to: transfer))
    }

    /// Says in the system's words how the transfer failed.
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
        // A signal's handler could not know which transfer it is about.
        try set(CURLOPT_NOSIGNAL, 1)
        // A name that resolves slowly must not hold up the thread once its transfer is given up.
        try set(CURLOPT_QUICK_EXIT, 1)
        // Asked for here, undone by a `PackedStream`, which also sees whether the end came.
        try set(CURLOPT_ACCEPT_ENCODING, Packing.accepted)
        try set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        // The head that counts is the host's, not the one of the proxy before it.
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
            // libcurl copies the body, so it may end with this call; an empty one is sent as such.
            let byteCount = curl_off_t(request.body.count)
            try check(unsafe ccurl_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, byteCount))
            try check(unsafe ccurl_set_bytes(raw, CURLOPT_COPYPOSTFIELDS, request.body))
        }
        try set(CURLOPT_CUSTOMREQUEST, request.method)
        try check(unsafe ccurl_set_list(raw, CURLOPT_HTTPHEADER, fields.first))
        if let signing = request.signing { try set(signing) }
        // libcurl asks leave before it sends a large body, but need not wait for an answer.
        try set(CURLOPT_EXPECT_100_TIMEOUT_MS, 0)
        // To libcurl 0 is for ever; and 24 days are enough for anything.
        let milliseconds = min(max(request.timeout / .milliseconds(1), 1), Double(Int32.max))
        try set(CURLOPT_TIMEOUT_MS, Int(milliseconds))
    }

    /// Has libcurl sign.
    ///
    /// Its 7.88 signs many forms of request wrongly: paths and queries that need encoding, empty or
    /// repeated fields, a body from a callback. `POST /` with the body given whole is right.
    private func set(_ signing: AWSSigning) throws(Failure) {
        guard transfer.request.method == "POST", transfer.target.isRoot else {
            throw Failure(.misconfigured, "only POST to / can be signed for AWS")
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
            try set(CURLOPT_NOPROXY, "")  // No way around it, whatever `no_proxy` says.
        }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(Failure) {
        try check(unsafe ccurl_set_long(raw, option, value))
    }

    // libcurl copies strings given to setopt, so the C string may end with this call.
    private func set(_ option: CURLoption, _ value: String) throws(Failure) {
        try check(unsafe ccurl_set_string(raw, option, value))
    }

    private func check(_ code: CURLcode) throws(Failure) {
        if code != CURLE_OK { throw failure(code) }
    }
}
