import Toolbox

/// Rows under headings, aligned with spaces.
///
/// Where a row does not fit, its last column is wrapped; where that does not help either, each row
/// becomes a block with a line per cell. So no terminal breaks a row apart.
public struct Table: Sendable {
    /// One column.
    public struct Column: Sendable {
        let heading: String
        let isNumber: Bool

        /// A column of words.
        public static func words(_ heading: String) -> Column {
            Column(heading: heading, isNumber: false)
        }

        /// A column of numbers, aligned to the right, with separators between thousands.
        public static func numbers(_ heading: String) -> Column {
            Column(heading: heading, isNumber: true)
        }
    }

    /// One cell of a row.
    public struct Cell: Sendable, ExpressibleByStringInterpolation {
        let text: String
        let tone: TextStyle.Tone?

        /// Creates a cell; control characters, which could move the cursor, become `?`.
        public init(_ text: String, _ tone: TextStyle.Tone? = nil) {
            self.text = String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map {
                        $0.properties.generalCategory == .control ? "?" : $0
                    }))
            self.tone = tone
        }

        /// Creates a cell without a tone.
        public init(stringLiteral text: String) { self.init(text) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// Creates a table without rows.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Whether there is no row.
    public var isEmpty: Bool { rows.isEmpty }

    /// Adds a row, which has a cell for each column.
    public mutating func add(_ row: [Cell]) {
        precondition(row.count == columns.count, "a row has a cell for each column")
        rows.append(row)
    }

    /// The lines, the headings first, without spaces at their ends.
    public func lines(_ style: TextStyle = .plain) -> [String] {
        let rows = rows.map(formatted)
        let headings = columns.map { Cell($0.heading, .heading) }
        let widths = columns.indices.map { column in
            ([headings] + rows).map { $0[column].text.count }.max() ?? 0
        }
        guard let limit = style.columns, Self.width(of: widths) > limit else {
            return ([headings] + rows).map { line($0, widths, style) }
        }
        let rest = limit - Self.width(of: widths.dropLast()) - Self.gap.count
        let words = rows.compactMap(\.last).flatMap { $0.text.split(separator: " ") }
        guard let last = columns.last, !last.isNumber, rest >= Self.wrappedWidthMin,
            words.allSatisfy({ $0.count <= rest })
        else { return blocks(rows, limit, style) }
        return ([headings] + rows).flatMap { wrapped($0, widths, rest, style) }
    }

    /// What is between two columns.
    private static let gap = "  "
    /// The narrowest column that text is wrapped in.
    private static let wrappedWidthMin = 24

    private static func width(of widths: some Collection<Int>) -> Int {
        widths.reduce(0, +) + gap.count * max(widths.count - 1, 0)
    }

    private func formatted(_ row: [Cell]) -> [Cell] {
        zip(columns, row).map { column, cell in
            guard column.isNumber, let number = Int(cell.text) else { return cell }
            return Cell(number.grouped, cell.tone)
        }
    }

    private func line(_ row: [Cell], _ widths: [Int], _ style: TextStyle) -> String {
        var line = ""
        for (column, cell) in row.enumerated() {
            let space = String(repeating: " ", count: max(0, widths[column] - cell.text.count))
            let text = style(cell.text, cell.text.isEmpty ? nil : cell.tone)
            let isLast = column == columns.count - 1
            line += columns[column].isNumber ? space + text : text + (isLast ? "" : space)
            line += isLast ? "" : Self.gap
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// A row whose last cell takes several lines.
    private func wrapped(
        _ row: [Cell], _ widths: [Int], _ width: Int, _ style: TextStyle
    ) -> [String] {
        guard let cell = row.last, cell.text.count > width else {
            return [line(row, widths, style)]
        }
        let indent = String(
            repeating: " ", count: Self.width(of: widths.dropLast()) + Self.gap.count)
        return cell.text.wrapped(width: width).enumerated().map { place, part in
            place == 0
                ? line(row.dropLast() + [Cell(part, cell.tone)], widths, style)
                : indent + style(part, cell.tone)
        }
    }

    /// Each row as a block: its headings below each other, and the cells beside them.
    private func blocks(_ rows: [[Cell]], _ limit: Int, _ style: TextStyle) -> [String] {
        let width = columns.map(\.heading.count).max() ?? 0
        let blocks = rows.map { row in
            Self.named(zip(columns, row)).flatMap { heading, cell -> [String] in
                let head = heading.padded(to: width + Self.gap.count)
                let lines = cell.text.wrapped(width: max(1, limit - head.count))
                let isNarrow = lines.contains { $0.count > limit - head.count }
                guard !isNarrow else {
                    // A word that does not fit beside the heading goes below it.
                    return [style(heading, .heading)]
                        + cell.text.wrapped(width: limit - Self.gap.count).map {
                            Self.gap + style($0, cell.tone)
                        }
                }
                return lines.enumerated().map { place, part in
                    let space = String(repeating: " ", count: head.count)
                    return (place == 0 ? style(head, .heading) : space) + style(part, cell.tone)
                }
            }
        }
        return Array(blocks.joined(separator: [""]))
    }

    /// The cells that say something; one in a column without a heading belongs to the one before.
    private static func named(
        _ row: some Sequence<(Column, Cell)>
    ) -> [(heading: String, cell: Cell)] {
        row.reduce(into: []) { cells, next in
            let (column, cell) = next
            guard !cell.text.isEmpty else { return }
            if column.heading.isEmpty, let last = cells.popLast() {
                cells.append((last.heading, Cell("\(last.cell.text) \(cell.text)", cell.tone)))
            } else {
                cells.append((column.heading, cell))
            }
        }
    }
}
