import CCurl
import Domain
import Ports

/// A request's header lines as libcurl takes them, owned.
@safe struct HeaderList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    /// Writes the lines of a request.
    ///
    /// - Throws: `misconfigured` if a name or a value would break out of its line.
    init(_ request: HTTPClientRequest) throws(Failure) {
        unsafe first = nil
        guard Self.isToken(request.method) else {
            throw Failure(.misconfigured, "the request's method is not a word")
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
        // Otherwise libcurl says that every body is a web form.
        if !request.body.isEmpty, request.fields["content-type"] == nil {
            try append(line: "content-type:")
        }
    }

    deinit { unsafe curl_slist_free_all(first) }

    private mutating func append(_ name: String, _ value: String) throws(Failure) {
        guard Self.isToken(name) else {
            throw Failure(.misconfigured, "a header field's name is not a word")
        }
        // The message names the field only: its value may be a secret.
        guard !value.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else {
            throw Failure(
                .misconfigured, "the value of the header field \(name) holds a line break or a NUL")
        }
        // libcurl takes "name:" as the wish not to send the field, and "name;" as an empty one.
        let isEmpty = value.utf8.allSatisfy { $0 == 32 || $0 == 9 }
        try append(line: isEmpty ? "\(name);" : "\(name): \(value)")
    }

    private mutating func append(line: String) throws(Failure) {
        guard let longer = unsafe curl_slist_append(first, line) else {
            throw Failure(.unavailable, "libcurl has no memory for a header field")
        }
        unsafe first = longer
    }

    /// Whether a text is a token of RFC 9110, 5.6.2, as methods and field names are.
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
