import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The settings of an integration that a person may choose: its name and its samples' tags.
struct IntegrationSettings {
    static let nameDefault = "GitHub Copilot Usage"
    static let characterCountMax = 100

    let name: String
    let tags: SampleTags

    /// Reads the settings from a query.
    ///
    /// A missing or blank setting has its default value.
    ///
    /// - Throws: `malformedEvent`, naming the setting.
    init(_ query: [String: String], defaults: SampleTags) throws(Failure) {
        func setting(_ field: String) throws(Failure) -> String? {
            let text = (query[field] ?? "").trimmingPrefix(while: \.isWhitespace)
            let value = String(text.reversed().trimmingPrefix(while: \.isWhitespace).reversed())
            // Settings are shown on pages and sent as labels, and perhaps in headers.
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
                    the setting \(field) is not valid. It must be plain text of at most \
                    \(Self.characterCountMax) characters
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

/// The `Authorization` header of RFC 7617, in which a browser sends a password.
enum BasicAuthorization {
    /// Finds the password.
    ///
    /// The user name does not matter.
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
