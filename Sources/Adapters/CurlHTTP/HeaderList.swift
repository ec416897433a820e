import CCurl
import Domain
import Ports

/// The header lines of a request in libcurl's form, with unique ownership.
@safe struct HeaderList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    /// Creates the lines of a request.
    ///
    /// - Throws: `misconfigured` if a name or a value would not stay within its line.
    init(_ request: HTTPClientRequest) throws(Failure) {
        unsafe first = nil
        guard Self.isToken(request.method) else {
            throw Failure(.misconfigured, "the method of the request is not a token")
        }
        for (name, value) in request.fields.sorted(by: { $0.key < $1.key }) {
            try append(name, value)
        }
        for (name, secret) in request.secretFields.sorted(by: { $0.key < $1.key }) {
            try secret.reveal { value throws(Failure) in try append(name, value) }
        }
        try request.signing?.sessionToken?.reveal { token throws(Failure) in
            try append("x-amz-security-token", token)
        }
        // By default libcurl declares every body as a web form.
        if !request.body.isEmpty, request.fields["content-type"] == nil {
            try append(line: "content-type:")
        }
    }

    deinit { unsafe curl_slist_free_all(first) }

    private mutating func append(_ name: String, _ value: String) throws(Failure) {
        guard Self.isToken(name) else {
            throw Failure(.misconfigured, "the name of a header field is not a token")
        }
        // The message does not quote the value, which may be a secret.
        guard !value.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else {
            throw Failure(
                .misconfigured, "the value of the header field \(name) contains a line break or NUL"
            )
        }
        // For libcurl, "name:" removes a field, and "name;" sends an empty one.
        let isEmpty = value.utf8.allSatisfy { $0 == 32 || $0 == 9 }
        try append(line: isEmpty ? "\(name);" : "\(name): \(value)")
    }

    private mutating func append(line: String) throws(Failure) {
        guard let longer = unsafe curl_slist_append(first, line) else {
            throw Failure(.unavailable, "libcurl cannot allocate memory for a header field")
        }
        unsafe first = longer
    }

    /// Returns whether a text is a token, as methods and field names are (RFC 9110, section 5.6.2).
    private static func isToken(_ text: String) -> Bool {
        let signs = "!#$%&'*+-.^_`|~".utf8
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122: true
                default: signs.contains(byte)
                }
            }
    }
}
