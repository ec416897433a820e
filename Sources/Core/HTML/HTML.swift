/// HTML that is safe to insert into a page.
///
/// Interpolated text is escaped.
///
///     let cell: HTML = "<td>\(organization)</td>"   // escapes the login, but not the tags
public struct HTML: Sendable, ExpressibleByStringInterpolation {
    /// The markup.
    public let markup: String

    /// Creates HTML from a literal, which is not escaped.
    public init(stringLiteral markup: String) { self.markup = markup }

    /// Creates HTML from a literal with interpolated values.
    public init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

    /// Joins pieces with line breaks.
    public init(joined pieces: [HTML]) { markup = pieces.map(\.markup).joined(separator: "\n") }

    /// Builds markup from literals and values.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        /// Creates an empty interpolation.
        public init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity)
        }

        /// Appends a literal, unchanged.
        public mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Appends HTML, unchanged.
        public mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

        /// Appends pieces of HTML, joined with line breaks.
        public mutating func appendInterpolation(_ pieces: [HTML]) {
            markup += HTML(joined: pieces).markup
        }

        /// Appends text, escaped for content and for quoted attributes.
        ///
        /// Source: <https://html.spec.whatwg.org/multipage/parsing.html#escapingString>.
        public mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            for character in text.description.unicodeScalars {
                switch character {
                case "&": markup += "&amp;"
                case "<": markup += "&lt;"
                case ">": markup += "&gt;"
                case "\"": markup += "&quot;"
                case "'": markup += "&#39;"
                default: markup.unicodeScalars.append(character)
                }
            }
        }
    }
}
