public import Domain
import Toolbox

/// Days as people write them on a command line.
public enum DayText {
    /// The names of the months, January first.
    public static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    /// The ways to write a day.
    public static let forms = "YYYY-MM-DD, today, yesterday, or 7d for seven days ago"

    /// Reads a day.
    ///
    /// - Parameters:
    ///   - text: One of the ``forms``.
    ///   - today: The day that words are relative to.
    /// - Throws: `misconfigured`, with what is wrong about the text.
    public static func day(_ text: String, today: Day) throws(Failure) -> Day {
        switch text.lowercased() {
        case "today": return today
        case "yesterday": return today.advanced(by: -1)
        case let word where word.last == "d":
            if let count = Int(word.dropLast()), 0...9_999 ~= count {
                return today.advanced(by: -count)
            }
        default: break
        }
        if let day = Day(text) { return day }
        throw Failure(.misconfigured, problem(of: text))
    }

    private static func problem(of text: String) -> String {
        guard let date = WrittenDate(text) else {
            return "write a day as \(forms).\(Spelling.hint(text, ["today", "yesterday"]))"
        }
        guard 1...12 ~= date.month else { return "a year has 12 months." }
        guard 1...date.dayCount ~= date.day else {
            return "\(months[date.month - 1]) \(date.year) has \(date.dayCount) days."
        }
        return "write \(date)."
    }
}

/// Three numbers that look like a date.
private struct WrittenDate: CustomStringConvertible {
    let (year, month, day): (Int, Int, Int)

    /// Reads `2026-2-30`, `2026/02/30` or `20260230`.
    init?(_ text: String) {
        var parts = text.split { "-/.".contains($0) }
        if parts.count == 1, text.count == 8 {
            parts = [text.prefix(4), text.dropFirst(4).prefix(2), text.suffix(2)]
        }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3, parts.count == 3, 1_970...9_999 ~= numbers[0] else { return nil }
        (year, month, day) = (numbers[0], numbers[1], numbers[2])
    }

    /// The days of the month.
    var dayCount: Int {
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        func first(_ year: Int, _ month: Int) -> Day? {
            Day("\(year)-\(String(100 + month).dropFirst())-01")
        }
        guard let begin = first(year, month), let end = first(next.0, next.1) else { return 31 }
        return begin.distance(to: end)
    }

    var description: String {
        "\(year)-\(String(100 + month).dropFirst())-\(String(100 + day).dropFirst())"
    }
}
