import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a person may choose about an integration: its name and how its samples are tagged.
struct IntegrationSettings {
    static let nameDefault = "GitHub Copilot Usage"
    static let characterCountMax = 100

    let name: String
    let tags: SampleTags

    /// Reads the settings from a query; what is missing or blank is the default.
    ///
    /// - Throws: `malformedEvent`, naming the setting.
    init(_ query: [String: String], defaults: SampleTags) throws(Failure) {
        func setting(_ field: String) throws(Failure) -> String? {
            let text = (query[field] ?? "").trimmingPrefix(while: \.isWhitespace)
            let value = String(text.reversed().trimmingPrefix(while: \.isWhitespace).reversed())
            // They are shown on pages and sent as labels, perhaps in header fields.
            let isPlain = value.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
                default: true
                }
            }
            guard isPlain, value.count <= Self.characterCountMax,
                value.utf8.count <= Self.characterCountMax * 4
            else {
                throw Failure(
                    .malformedEvent,
                    """
                    the setting \(field) must be at most \(Self.characterCountMax) characters of \
                    plain text
                    """)
            }
            return value.isEmpty ? nil : value
        }
        name = try setting("name") ?? Self.nameDefault
        tags = SampleTags(
            application: try setting("application") ?? defaults.application,
            subsystem: try setting("subsystem") ?? defaults.subsystem)
    }
}

/// The header field of RFC 7617, by which a browser that was asked sends a password.
enum BasicAuthorization {
    /// Finds the password; the user's name does not matter.
    static func password(_ headers: [String: String]) -> String? {
        let words = (headers["authorization"] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic",
            let bytes = Data(base64Encoded: String(words[1])),
            let pair = String(validating: bytes, as: UTF8.self),
            let colon = pair.firstIndex(of: ":")
        else { return nil }
        return String(pair[pair.index(after: colon)...])
    }
}
