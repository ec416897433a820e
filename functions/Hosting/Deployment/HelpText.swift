import Toolbox

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
            let lines = (entry.meaning + value).wrapped(width: width, indent: "      ")
            return "  \(entry.variable.rawValue)\n" + lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
