/// A media type as `Content-Type` names it, RFC 9110 section 8.3.1.
struct MediaType: Hashable {
    /// Type and subtype in small letters, without parameters.
    let name: String
    /// The character set that is named, in small letters.
    let charset: String?

    /// Reads a media type; anything at all can be one that is not well formed.
    init(_ text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
            .map { part in part.lowercased().filter { $0 != " " && $0 != "\t" } }
        name = parts.first ?? ""
        charset = parts.dropFirst().first { $0.hasPrefix("charset=") }
            .map { $0.dropFirst("charset=".count).filter { $0 != "\"" } }
    }

    /// Whether it has a type and a subtype.
    var isWellFormed: Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
    }

    /// Whether it is JSON: a subtype of `json`, or one that ends with `+json`.
    var isJSON: Bool {
        let subtype = name.drop { $0 != "/" }.dropFirst()
        return isWellFormed && (subtype == "json" || subtype.hasSuffix("+json"))
    }

    /// Whether its text is UTF-8, the one encoding that JSON has, RFC 8259 section 8.1.
    var isUTF8: Bool { charset.map { ["utf-8", "us-ascii"].contains($0) } ?? true }
}
