/// HTML pages, which come from proxies, filters and sign-on pages where a document is expected.
public enum HTMLPage {
    /// Whether a body is an HTML page, by its type or its beginning.
    public static func isLikely(_ contentType: String?, _ bytes: some Collection<UInt8>) -> Bool {
        if isType(contentType) {
            // Some servers give this type to an empty body, or to JSON.
            let first = bytes.first { $0 > UInt8(ascii: " ") }
            return first.map { !Array("{[\"".utf8).contains($0) } ?? false
        }
        // Nearly all bodies are documents, which begin otherwise; a page may begin with a byte order mark.
        guard let first = bytes.first(where: { $0 > UInt8(ascii: " ") }),
            first == UInt8(ascii: "<") || first == 0xEF
        else { return false }
        let start = String(decoding: bytes.prefix(256), as: UTF8.self).lowercased()
        let text = start.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    }

    /// Whether a content type is that of a page.
    public static func isType(_ contentType: String?) -> Bool {
        let type = contentType?.lowercased() ?? ""
        return type.hasPrefix("text/html") || type.hasPrefix("application/xhtml")
    }
}
