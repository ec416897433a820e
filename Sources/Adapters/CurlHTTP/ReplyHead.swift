import ContentMD5
import Toolbox

/// The status and the header fields of a response, parsed line by line.
struct ReplyHead: Sendable {
    private(set) var status = 0
    /// Header fields by lower-case name.
    ///
    /// The values of a repeated one are joined with `, ` (RFC 9110, section 5.3).
    private(set) var fields: [String: String] = [:]
    /// Whether the empty line has arrived.
    ///
    /// Trailers, which come after it, are ignored.
    private(set) var isComplete = false

    /// Parses a line.
    ///
    /// - Parameter line: A complete line with its line break.
    /// - Returns: False if a second response begins, which must not be mixed with the first.
    mutating func take(_ line: some Collection<UInt8>) -> Bool {
        let text = String(decoding: line, as: UTF8.self).trimmed()
        if text.hasPrefix("HTTP/") {
            guard !isComplete else { return false }
            // An interim response, such as 103, precedes the final one (RFC 9110, section 15.2).
            let words = text.split(separator: " ", maxSplits: 2)
            status = words.count > 1 ? Int(words[1]) ?? 0 : 0
            fields = [:]
        } else if isComplete {
            return true
        } else if text.isEmpty {
            isComplete = status >= 200
        } else if let colon = text.firstIndex(of: ":") {
            let name = text[..<colon].lowercased()
            let value = text[text.index(after: colon)...].trimmed()
            fields[name] = fields[name].map { "\($0), \(value)" } ?? value
        }
        return true
    }

    /// The content encoding of the body, in lower case; nil for none.
    var encoding: String? {
        let encoding = fields["content-encoding"]?.lowercased() ?? ""
        return ["", "identity"].contains(encoding) ? nil : encoding
    }

    /// The MD5 digest of the body, if the head declares one.
    ///
    /// A partial response and a response to `HEAD` may declare the digest of the complete body.
    func digest(of method: String) -> [UInt8]? {
        guard method != "HEAD", ![206, 304].contains(status) else { return nil }
        return fields["content-md5"].flatMap(ContentMD5.digest(in:))
    }

    /// Removes the fields that describe the compressed body.
    mutating func dropEncoding() {
        fields["content-md5"] = nil
        fields["content-encoding"] = nil
        fields["content-length"] = nil
    }
}
