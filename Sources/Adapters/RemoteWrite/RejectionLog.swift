import Domain
import Ports

/// Counts rejected series by reason, and keeps the names of a few.
struct RejectionLog {
    private struct Entry {
        var reason: String
        var count = 0
        var examples: [String] = []
    }

    /// Backends put times and names into their messages.
    ///
    /// Reasons beyond this number are counted together.
    private static let reasonCountMax = 5
    private static let exampleCountMax = 5

    private var entries: [Entry] = []
    /// The number of rejected series.
    private(set) var count = 0

    /// Notes series that were rejected for one reason.
    ///
    /// - Parameters:
    ///   - count: The number of series.
    ///   - examples: Returns the names of at most `limit` series. It is called only if more names
    ///     are wanted.
    mutating func note(_ reason: String, count: Int = 1, examples: (_ limit: Int) -> [String]) {
        self.count += count
        var index = entries.firstIndex { $0.reason == reason } ?? entries.count
        if index == entries.count {
            if index < Self.reasonCountMax {
                entries.append(Entry(reason: reason))
            } else {
                if index == Self.reasonCountMax { entries.append(Entry(reason: "other reasons")) }
                index = Self.reasonCountMax
            }
        }
        entries[index].count += count
        let wanted = Self.exampleCountMax - entries[index].examples.count
        if wanted > 0 { entries[index].examples += examples(wanted) }
    }

    /// One line per reason, for a person, and what would help at the end of the last.
    var reasons: [String] {
        var lines = entries.map { entry in
            "\(entry.count) series rejected, \(entry.reason); for example "
                + entry.examples.joined(separator: ", ")
        }
        let remedy = entries.lazy.compactMap { Sender.Rejection.remedy(for: $0.reason) }.first
        if let remedy { lines[lines.count - 1] += ". \(remedy)" }
        return lines
    }
}
