/// Breaks a text into lines between its words.
///
/// - Parameters:
///   - text: The text; a word that is longer than a line stays whole.
///   - width: The most characters of a line, the indent included.
///   - indent: The beginning of every line.
/// - Returns: The lines; none for a text without words.
public func wrapped(_ text: String, width: Int, indent: String) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
        if let last = lines.last, last.count + 1 + word.count <= width {
            lines[lines.count - 1] += " \(word)"
        } else {
            lines.append(indent + word)
        }
    }
    return lines
}
