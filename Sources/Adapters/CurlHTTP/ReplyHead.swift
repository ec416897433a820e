import ContentMD5
import Toolbox

/// The status and the header fields of a reply, put together line by line.
struct ReplyHead: Sendable {
    private(set) var status = 0
    /// By lower-case name; values of a repeated one are joined by `, ` (RFC 9110, 5.3).
    private(set) var fields: [String: String] = [:]
    /// Whether the empty line was seen; trailers, which come after it, are not taken.
    private(set) var isComplete = false

    /// Takes a line as libcurl gives it: complete, with its line break.
    ///
    /// - Returns: False for a second reply to one request, of which nothing may be mixed in.
    mutating func take(_ line: some Collection<UInt8>) -> Bool {
        let text = String(decoding: line, as: UTF8.self).trimmed()
        if text.hasPrefix("HTTP/") {
            guard !isComplete else { return false }
            // Each interim reply, such as 103, begins anew (RFC 9110, 15.2).
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

    /// What the body is packed with, in lower case; nil if it is as it should be read.
    var encoding: String? {
        let encoding = fields["content-encoding"]?.lowercased() ?? ""
        return ["", "identity"].contains(encoding) ? nil : encoding
    }

    /// The digest of the body as it travels, if there is to be one.
    ///
    /// A reply that is a part, or to a question about the head, may have the digest of the whole.
    func digest(of method: String) -> [UInt8]? {
        guard method != "HEAD", ![206, 304].contains(status) else { return nil }
        return fields["content-md5"].flatMap(ContentMD5.digest(in:))
    }

    /// Forgets what was true of the packed body only.
    mutating func dropEncoding() {
        fields["content-md5"] = nil
        fields["content-encoding"] = nil
        fields["content-length"] = nil
    }
}
