/// A piece of HTML that is safe to put into a page: text becomes HTML only by being escaped.
///
///     let cell: HTML = "<td>\(organization)</td>"   // the login is escaped, the tag is not
public struct HTML: Sendable, ExpressibleByStringInterpolation {
    /// The markup.
    public let markup: String

    /// Takes markup as it is written in the source.
    public init(stringLiteral markup: String) { self.markup = markup }

    /// Takes markup and what was put into it.
    public init(stringInterpolation: Interpolation) { markup = stringInterpolation.markup }

    /// Joins pieces, each on a line of its own.
    public init(joined pieces: [HTML]) { markup = pieces.map(\.markup).joined(separator: "\n") }

    /// Puts markup together.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        /// Begins with nothing.
        public init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity)
        }

        /// Adds markup.
        public mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Adds markup that is safe already.
        public mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

        /// Adds the markup of each piece, on a line of its own.
        public mutating func appendInterpolation(_ pieces: [HTML]) {
            markup += HTML(joined: pieces).markup
        }

        /// Adds text, escaped for content and for attributes in double quotes.
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
