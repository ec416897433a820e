import Domain

/// A backend's error message, made fit for a log and for a person.
enum BackendMessage {
    /// The longest message, in characters.
    private static let characterCountMax = 300
    /// A shorter header value may be part of any word: the tenant `1` is not hidden in `2001`.
    private static let secretByteCountMin = 8

    /// Cleans a message.
    ///
    /// - Parameters:
    ///   - body: The beginning of the response body.
    ///   - secrets: The credentials that were sent. A backend may quote them.
    /// - Returns: One line without control characters, secrets, and people's addresses and names.
    static func text(_ body: [UInt8], without secrets: [Secret]) -> String {
        var text = String(decoding: body, as: UTF8.self)
        for secret in secrets { secret.reveal { hide($0, in: &text) } }
        // Backends quote series as name{label="value"}, or in JSON as name{label=\"value\"}. Where
        // the end of a value is in doubt, more is hidden.
        text.replace(/(user_email|user_name)=\\*"(?:[^"\\]|\\.)*"?/) { "\($0.output.1)=<hidden>" }
        // Word by word: a search for "@" from every letter of a long word would take quadratic
        // time.
        text.replace(/[^\s"'<>(){},;:=]+/) {
            $0.output.contains("@") ? "<address>" : $0.output
        }
        let words = text.unicodeScalars.split { scalar in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
        }
        return String(words.map(String.init).joined(separator: " ").prefix(characterCountMax))
    }

    /// The words of a message without those that contain a digit: numbers, times, and the ids of requests
    /// and traces, which differ although the reason is the same.
    ///
    /// It is for comparisons only, because it may contain secrets.
    ///
    /// - Parameter body: The beginning of the response body.
    static func wording(_ body: [UInt8]) -> [String] {
        String(decoding: body, as: UTF8.self)
            .split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            .filter { !$0.contains(where: \.isNumber) }
            .map(String.init)
    }

    /// Replaces a secret: a short one as a whole word, any other wherever it is.
    private static func hide(_ secret: String, in text: inout String) {
        guard !secret.isEmpty else { return }
        let isLong = secret.utf8.count >= secretByteCountMin
        var clean = ""
        var rest = text[...]
        for range in text.ranges(of: secret) {
            let isWord =
                !isWordPart(text[..<range.lowerBound].last)
                && !isWordPart(text[range.upperBound...].first)
            clean += rest[..<range.lowerBound]
            clean += isLong || isWord ? "<secret>" : text[range]
            rest = text[range.upperBound...]
        }
        text = clean + rest
    }

    private static func isWordPart(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber } ?? false
    }
}
