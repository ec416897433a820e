import Toolbox

/// What the place where text is shown can do: its colours and its width.
public struct TextStyle: Hashable, Sendable {
    /// The widest prose, in characters; longer lines are hard to read.
    private static let proseWidthMax = 100

    /// Whether to use colours.
    public var isColored: Bool
    /// The characters that fit into a line; nil for a file or a pipe, whose lines have no end.
    public var columns: Int?

    /// Creates a style.
    public init(isColored: Bool, columns: Int? = nil) {
        self.isColored = isColored
        self.columns = columns
    }

    /// Text without colours, for lines of any length.
    public static let plain = TextStyle(isColored: false)

    /// Breaks prose into lines, between words.
    ///
    /// - Parameters:
    ///   - head: What stands in place of the first line's indent; not longer than it.
    ///   - indent: What each line begins with.
    public func prose(_ text: String, after head: String = "", indent: String = "") -> [String] {
        let width = min(columns ?? Self.proseWidthMax, Self.proseWidthMax)
        var lines = text.wrapped(width: width, indent: indent)
        guard !head.isEmpty, let first = lines.first else { return lines }
        lines[0] = head.padded(to: indent.count) + first.dropFirst(indent.count)
        return lines
    }

    /// Breaks a command line that is too long where a shell goes on reading it.
    public func command(_ words: [String]) -> [String] {
        let line = "  " + words.joined(separator: " ")
        guard let columns, line.count > columns else { return [line] }
        // An option stays with its value, and the program with its command.
        let parts = words.reduce(into: [String]()) { parts, word in
            let isFirst = parts.count == 1 && !parts[0].contains(" ")
            if let last = parts.last, !word.hasPrefix("-"), isFirst || last.hasPrefix("-") {
                parts[parts.count - 1] = "\(last) \(word)"
            } else {
                parts.append(word)
            }
        }
        return ("  " + parts.joined(separator: " \\\n    ")).split(separator: "\n").map(String.init)
    }

    /// The meaning of a colour.
    public enum Tone: Int, CaseIterable, Sendable {
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
        return "\(Self.code(tone.rawValue))\(text)\(Self.code(0))"
    }

    /// A line as it goes to the terminal: without any control character but line breaks, tabs and the
    /// codes of colours, if it has any.
    ///
    /// Whatever a line is made of, nothing from outside moves the cursor or reverses the text.
    public func shown(_ line: String) -> String {
        let scalars = line.unicodeScalars
        guard scalars.contains(where: { $0.value < 0x20 || $0.value > 0x7E }) else { return line }
        var (shown, rest) = ("", line[...])
        while let scalar = rest.unicodeScalars.first {
            if isColored, let code = Self.codes.first(where: { rest.hasPrefix($0) }) {
                shown += code
                rest = rest.dropFirst(code.count)
            } else {
                let isPlain = scalar == "\n" || scalar == "\t"
                let text = String(scalar)
                shown += isPlain ? text : text.printable
                rest.unicodeScalars.removeFirst()
            }
        }
        return shown
    }

    private static let codes = [code(0)] + Tone.allCases.map { code($0.rawValue) }

    private static func code(_ number: Int) -> String { "\u{1B}[\(number)m" }
}
