import Domain
import Ports

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
