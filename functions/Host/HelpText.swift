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

    /// By bytes, because every start makes this text and few ever read it.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var count = 0
        for word in text.utf8.split(separator: UInt8(ascii: " ")) {
            // All bytes of a scalar but its first begin with the bits 10.
            let length = word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            if count > 0, count + 1 + length <= width {
                line += " "
                count += 1
            } else if count > 0 {
                lines.append(line)
                (line, count) = ("", 0)
            }
            line += Substring(word)
            count += length
        }
        return count > 0 ? lines + [line] : lines
    }
}
