/// Rows under headings, aligned with spaces: for terminals, logs and mails alike.
public struct Table: Sendable {
    /// One column.
    public struct Column: Sendable {
        let heading: String
        let isNumber: Bool

        /// A column of words.
        public static func words(_ heading: String) -> Column {
            Column(heading: heading, isNumber: false)
        }

        /// A column of numbers, which end under each other.
        public static func numbers(_ heading: String) -> Column {
            Column(heading: heading, isNumber: true)
        }
    }

    /// One field of a row.
    public struct Cell: Sendable, ExpressibleByStringInterpolation {
        let text: String
        let tone: TextStyle.Tone?

        /// Creates a field; control characters, which could move the cursor, become `?`.
        public init(_ text: String, _ tone: TextStyle.Tone? = nil) {
            self.text = String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map {
                        $0.properties.generalCategory == .control ? "?" : $0
                    }))
            self.tone = tone
        }

        /// Creates a field without a tone.
        public init(stringLiteral text: String) { self.init(text) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// Creates a table without rows.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Whether there is no row.
    public var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; it has a field for each column.
    public mutating func add(_ row: [Cell]) {
        precondition(row.count == columns.count, "a row has a field for each column")
        rows.append(row)
    }

    /// The lines, the headings first, without spaces at their ends.
    public func lines(_ style: TextStyle = .plain) -> [String] {
        let headings = columns.map { Cell($0.heading, .heading) }
        let table = [headings] + rows
        let widths = columns.indices.map { column in
            table.map { $0[column].text.count }.max() ?? 0
        }
        return table.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.text.count)
                let text = style(cell.text, cell.text.isEmpty ? nil : cell.tone)
                let isLast = column == columns.count - 1
                line += columns[column].isNumber ? space + text : text + (isLast ? "" : space)
                line += isLast ? "" : "  "
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
