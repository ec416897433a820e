import Toolbox

/// The part of `--help` about variables, from the one table of them.
public enum HelpText {
    /// The variables in sections, each with its meaning and default in a paragraph.
    ///
    /// - Parameters:
    ///   - defaults: The program whose defaults to show.
    ///   - width: The longest line, in characters.
    /// - Returns: Lines indented by two.
    public static func variables(_ defaults: Settings.Defaults, width: Int = 76) -> String {
        Variable.sections.map { section in
            (["  \(section.title.uppercased())"]
                + section.entries.flatMap { entry in
                    let value = defaults.values[entry.variable.rawValue].map { " (\($0))" } ?? ""
                    return ["  \(entry.variable.rawValue)"]
                        + (entry.meaning + value).wrapped(width: width, indent: "      ")
                }).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}
