/// Markup that is safe to put into a page: text becomes markup only by being escaped.
///
/// Interpolated text is escaped.
///
///     let cell: HTML = "<td>\(organization)</td>"   // escapes the login, but not the tags
public struct HTML: Sendable, ExpressibleByStringInterpolation {
    /// The markup as text.
    public let markup: String

    /// Creates markup from a literal, which is not escaped.
    public init(stringLiteral markup: String) { self.markup = markup }

    /// Creates markup from a literal with interpolated values.
    public init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

    /// Joins pieces of markup with newlines.
    public init(joined pieces: [HTML]) { markup = pieces.map(\.markup).joined(separator: "\n") }

    /// Builds markup from the parts of an interpolated literal.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        /// Creates an empty builder.
        public init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity)
        }

        /// Appends a literal part, which is not escaped.
        public mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Appends markup, which is safe already.
        public mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

        /// Appends pieces of markup, joined with newlines.
        public mutating func appendInterpolation(_ pieces: [HTML]) {
            markup += HTML(joined: pieces).markup
        }

        /// Appends text, escaped for element content and for quoted attribute values.
        ///
        /// Escaping goes by Unicode scalars: `<` followed by a combining accent is one `Character` that
        /// is not equal to `<`, yet it opens a tag.
        /// Source: <https://html.spec.whatwg.org/multipage/parsing.html#escapingString>.
        public mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            for scalar in text.description.unicodeScalars {
                switch scalar {
                case "&": markup += "&amp;"
                case "<": markup += "&lt;"
                case ">": markup += "&gt;"
                case "\"": markup += "&quot;"
                case "'": markup += "&#39;"
                default: markup.unicodeScalars.append(scalar)
                }
            }
        }
    }
}
