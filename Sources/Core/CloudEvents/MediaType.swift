/// The media type in a `Content-Type` (RFC 9110, section 8.3.1).
struct MediaType: Hashable {
    /// The type and subtype in lower case, such as `application/json`.
    let name: String
    /// The value of the parameter `charset` in lower case.
    let charset: String?

    /// Parses a media type.
    ///
    /// ``isWellFormed`` is false for text that is not a media type.
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

    /// Whether the type is JSON: its subtype is `json` or ends with `+json`.
    var isJSON: Bool {
        let subtype = name.drop { $0 != "/" }.dropFirst()
        return isWellFormed && (subtype == "json" || subtype.hasSuffix("+json"))
    }

    /// Whether the text is UTF-8, the only encoding of JSON (RFC 8259, section 8.1).
    var isUTF8: Bool { charset.map { ["utf-8", "us-ascii"].contains($0) } ?? true }
}
