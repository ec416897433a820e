/// Recognizes anything that looks like a token.
///
/// Source of GitHub's prefixes:
/// <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>; a JSON Web
/// Token begins with `{"` in base64url, RFC 7519, section 3.1.
enum TokenShape {
    private static let starts = [
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "eyJ",
    ].map { Array($0.utf8) }

    /// Shorter words are ordinary words.
    private static let byteCountMin = 20

    /// Replaces each token with `redacted`.
    static func remove(from bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            var end = index
            while end < bytes.count, isTokenByte(bytes[end]) { end += 1 }
            let word = bytes[index..<end]
            let isToken =
                word.count >= byteCountMin && starts.contains { word.starts(with: $0) }
            result += isToken ? Array("redacted".utf8)[...] : word
            // The byte that ends a word is not part of one.
            if end < bytes.count { result.append(bytes[end]) }
            index = end + 1
        }
        return result
    }

    /// Whether a byte may be part of a token.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}
