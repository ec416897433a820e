/// What `--help` says of variables, from the one table of them.
public enum HelpText {
    /// The variables with their meanings and defaults, one a paragraph.
    ///
    /// - Parameters:
    ///   - defaults: Whose defaults.
    ///   - width: The longest line, in characters.
    /// - Returns: Lines indented by two.
    public static func variables(_ defaults: Settings.Defaults, width: Int = 76) -> String {
        Variable.table.map { entry in
            let value = defaults.values[entry.variable.rawValue].map { " (\($0))" } ?? ""
            let lines = wrapped(entry.meaning + value, width: width - 6)
            return "  \(entry.variable.rawValue)\n"
                + lines.map { "      \($0)" }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        text.split(separator: " ").reduce(into: []) { lines, word in
            if let line = lines.last, line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
    }
}
