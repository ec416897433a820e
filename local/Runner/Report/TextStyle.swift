/// Colours for a terminal, or none.
public struct TextStyle: Hashable, Sendable {
    /// Whether to use colours.
    public var isColored: Bool

    /// Creates a style.
    public init(isColored: Bool) { self.isColored = isColored }

    /// Text without colours.
    public static let plain = TextStyle(isColored: false)

    /// The meaning of a colour.
    public enum Tone: Int, Sendable {
        /// Success.
        case good = 32
        /// Something needs attention.
        case doubtful = 33
        /// A person has to act.
        case bad = 31
        /// A heading.
        case heading = 1
        /// Less important.
        case quiet = 2
    }

    /// Colours a text.
    ///
    /// Source of the codes: ECMA-48, 8.3.117, "Select Graphic Rendition".
    public func callAsFunction(_ text: String, _ tone: Tone?) -> String {
        guard isColored, let tone else { return text }
        return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }
}
