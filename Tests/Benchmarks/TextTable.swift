import Toolbox

/// Columns of text: words to the left, numbers to the right.
struct TextTable {
    private var rows: [[String]]

    init(_ titles: [String]) { rows = [titles] }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The table, a line a row.
    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                let gap = String(repeating: " ", count: widths[column] - row[column].count)
                let isNumber = rows.last?[column].first?.isNumber ?? false
                return isNumber ? gap + row[column] : row[column] + gap
            }
            return "  \(cells.joined(separator: "  "))\n"
        }.joined()
    }
}

extension Double {
    /// A whole number, its digits in groups of three.
    var grouped: String { Int(rounded()).grouped }
    /// One digit after the point.
    var tenths: String { fixed(10) }
    /// Two digits after the point.
    var hundredths: String { fixed(100) }

    private func fixed(_ parts: Int) -> String {
        let (whole, part) = Int((self * Double(parts)).rounded()).quotientAndRemainder(
            dividingBy: parts)
        // The leading one holds the place of the zeros.
        return "\(whole.grouped).\(String(parts + part).dropFirst())"
    }
}
