#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A PEM key as people paste it into variables and secret managers.
///
/// The text arrives as base64 of the file, once or twice, in quotes, as UTF-16, with `\n` or spaces in
/// place of line breaks, or with those of another system.
enum PastedKey {
    /// Restores the file's text as far as it can be told; any other text is returned as it is.
    static func restored(_ pasted: String) -> String {
        var text = unquoted(withoutNulls(pasted))
        // Kubernetes encodes a secret that somebody has already encoded.
        for _ in 0..<2 where !text.contains("-----BEGIN") {
            text = decoded(text).map(unquoted) ?? text
        }
        // JSON within JSON escapes the backslash too.
        text = text.replacing(/\\+r/, with: "").replacing(/\\+n/, with: "\n")
        return rewrapped(text) ?? text
    }

    /// Removes one pair of quotes, and white space around the text.
    private static func unquoted(_ text: String) -> String {
        let bare = text.trimmingPrefix(while: \.isWhitespace)
        var rest = bare[...]
        while rest.last?.isWhitespace ?? false { rest.removeLast() }
        for quote in ["\"", "'", "`"] where rest.count > 1 {
            if rest.hasPrefix(quote), rest.hasSuffix(quote) {
                return unquoted(String(rest.dropFirst().dropLast()))
            }
        }
        return String(rest)
    }

    /// UTF-16, as some editors on Windows write it, is ASCII with NULs in between.
    private static func withoutNulls(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\0" }))
    }

    /// The text that is encoded in base64, if it is text.
    private static func decoded(_ text: String) -> String? {
        let letters = text.filter { !$0.isWhitespace }.replacing(/\\+[rn]/, with: "")
            .replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - letters.count % 4) % 4)
        guard let data = Data(base64Encoded: letters + padding) else { return nil }
        return withoutNulls(String(decoding: data, as: UTF8.self))
    }

    /// The key with its lines as RFC 7468 wants them; nil if it has headers or is not complete.
    private static func rewrapped(_ text: String) -> String? {
        let pattern = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+\/=\s]*)-----END ([A-Z ]+)-----/
        guard let match = text.firstMatch(of: pattern), match.output.1 == match.output.3 else {
            return nil
        }
        var letters = match.output.2.filter { !$0.isWhitespace }[...]
        var lines = ["-----BEGIN \(match.output.1)-----"]
        while !letters.isEmpty {
            lines.append(String(letters.prefix(64)))
            letters = letters.dropFirst(64)
        }
        lines.append("-----END \(match.output.1)-----")
        return lines.joined(separator: "\n") + "\n"
    }
}
