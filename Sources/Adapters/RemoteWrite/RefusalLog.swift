import Domain
import Ports

/// Which series were refused, why, and a few of them by name.
struct RefusalLog {
    private struct Entry {
        var reason: String
        var count = 0
        var examples: [String] = []
    }

    /// Backends put times and names into what they say; more reasons than this are one.
    private static let reasonCountMax = 5
    private static let exampleCountMax = 5

    private var entries: [Entry] = []
    /// All refused series.
    private(set) var count = 0

    /// Notes series that were refused for one reason.
    ///
    /// - Parameters:
    ///   - reason: The reason.
    ///   - count: How many series.
    ///   - examples: Names some of them; only called while more names are wanted.
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

    /// A line a reason, for a person.
    var reasons: [String] {
        entries.map { entry in
            "\(entry.count) series refused, \(entry.reason); for example "
                + entry.examples.joined(separator: ", ")
        }
    }
}
