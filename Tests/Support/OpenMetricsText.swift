/// OpenMetrics text, read strictly and apart from the code that writes it.
///
/// Source: <https://prometheus.io/docs/specs/om/open_metrics_spec/>, "Text format".
public struct OpenMetricsText {
    /// One sample line.
    public struct Line: Hashable, Sendable {
        /// Name and labels.
        public var series: SeriesLabels
        /// The value.
        public var value: Double
        /// The time in seconds.
        public var seconds: Int64
    }

    /// What is wrong with a text.
    public struct Problem: Error, CustomStringConvertible {
        /// The line, and what is wrong with it.
        public let description: String
    }

    /// The families' names in order.
    public private(set) var families: [String] = []
    /// The sample lines in order.
    public private(set) var lines: [Line] = []

    /// Reads a text of gauges.
    ///
    /// - Parameter text: The text.
    /// - Throws: `Problem` if it breaks a rule of the format.
    public init(_ text: String) throws(Problem) {
        func require(_ isSo: Bool, _ what: String, _ line: Substring) throws(Problem) {
            guard isSo else { throw Problem(description: "\(what): \(line)") }
        }
        try require(text.hasSuffix("# EOF\n"), "does not end in # EOF", text.suffix(40))
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(2)
        var described = ""
        for row in rows {
            if row.hasPrefix("# HELP ") {
                described = String(row.dropFirst(7).prefix { $0 != " " })
                try require(!families.contains(described), "a family comes twice", row)
                families.append(described)
            } else if row.hasPrefix("# TYPE ") {
                try require(row == "# TYPE \(described) gauge", "not the family's type", row)
            } else {
                let line = try Self.line(row)
                try require(line.series["__name__"] == families.last, "not of the family", row)
                lines.append(line)
            }
        }
    }

    /// The values by series; the text has no series twice, or this has fewer than ``lines``.
    public var values: [SeriesLabels: Double] {
        Dictionary(lines.map { ($0.series, $0.value) }) { first, _ in first }
    }

    private static func line(_ row: Substring) throws(Problem) -> Line {
        var rest = row.unicodeScalars
        func wrong() -> Problem { Problem(description: "not a sample: \(row)") }
        func take(until end: Set<UnicodeScalar>) -> String {
            let taken = rest.prefix { !end.contains($0) }
            rest.removeFirst(taken.count)
            return String(taken)
        }
        var series = ["__name__": take(until: ["{", " "])]
        if rest.first == "{" {
            repeat {
                rest.removeFirst()
                let name = take(until: ["="])
                guard rest.popFirst() == "=", rest.popFirst() == "\"" else { throw wrong() }
                var value = String.UnicodeScalarView()
                while let scalar = rest.popFirst(), scalar != "\"" {
                    switch scalar == "\\" ? rest.popFirst() : nil {
                    case nil: value.append(scalar)
                    case "n": value.append("\n")
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    default: throw wrong()
                    }
                }
                guard series.updateValue(String(value), forKey: name) == nil else { throw wrong() }
            } while rest.first == ","
            guard rest.popFirst() == "}" else { throw wrong() }
        }
        let numbers = String(rest).split(separator: " ", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers[0].isEmpty, let value = Double(numbers[1]),
            let seconds = Int64(numbers[2])
        else { throw wrong() }
        return Line(series: series, value: value, seconds: seconds)
    }
}
