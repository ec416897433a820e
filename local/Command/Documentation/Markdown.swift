/// The parts of a Markdown page that take more than a string.
enum Markdown {
    /// Text in code font.
    static func code(_ text: String) -> String { "`\(text)`" }

    /// A table; `|` in a cell is escaped.
    static func table(_ headings: [String], _ rows: [[String]]) -> String {
        ([headings, headings.map { _ in "---" }] + rows).map { cells in
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }
}
