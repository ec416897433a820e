public import Domain
import Toolbox

/// One series and its value, as a person would write it down.
public struct Row: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The metric's name.
    public let name: String
    /// The labels by name.
    public let labels: [String: String]
    /// The value.
    public var value: Double
    /// The series, in one spelling: spelled once, because rows are sorted by the hundred thousand.
    public let series: String

    /// Creates a row.
    public init(_ name: String, _ labels: [String: String], _ value: Double) {
        self.init(name, Labels(labels), value)
    }

    fileprivate init(_ name: String, _ labels: Labels, _ value: Double) {
        self.name = name
        self.labels = labels.values
        self.value = value
        series = name + labels.spelling
    }

    /// The series and the value.
    public var description: String { "\(series) \(value)" }

    /// Orders by series, then by value.
    public static func < (lhs: Row, rhs: Row) -> Bool {
        (lhs.series, lhs.value) < (rhs.series, rhs.value)
    }
}

/// Labels, spelled once for all the series that have them.
private struct Labels {
    let values: [String: String]
    let spelling: String

    init(_ labels: [String: String]) {
        values = labels
        var spelling = ""
        var separator = "{"
        for (label, value) in labels.sorted(by: { $0.key < $1.key }) {
            spelling += separator
            spelling += label
            spelling += "=\""
            spelling += value
            separator = "\","
        }
        self.spelling = spelling + (labels.isEmpty ? "{}" : "\"}")
    }
}

/// The samples that a report must give, found by walking its JSON by the names in the
/// documentation: the second opinion that shares nothing with the mapping it is held against.
public enum Oracle {
    /// The names that are documented, and nothing else about them.
    public static let names: Set<String> = Set(
        ((try? Repository.lines("Tests/Fixtures/documented-metrics.txt")) ?? []).compactMap {
            $0.split(separator: " ").first.map(String.init)
        })

    /// The rows of one report.
    ///
    /// - Parameters:
    ///   - report: The report, one JSON record a line.
    ///   - source: Which report it is.
    ///   - organization: The organization's login.
    ///   - decorate: The `user_email` and `user_name` of a login, as far as they are known.
    /// - Returns: The rows, in no order.
    /// - Throws: `malformedReply` if a line is not JSON.
    public static func rows(
        of report: [UInt8], _ source: Source, organization: String,
        decorate: (String) -> [String: String] = { _ in [:] }
    ) throws(Failure) -> [Row] {
        var rows: [Row] = []
        for line in report.split(separator: 0x0A) {
            guard let record = JSON.value(Array(line)) else {
                throw Failure(.malformedReply, "a line of a report is not JSON")
            }
            guard case .object(let fields) = record else { continue }
            var labels = ["organization": organization]
            switch source {
            case .organization:
                rows += walk(fields, "github_copilot_org_", Labels(labels))
            case .users:
                labels.merge(person(fields)) { $1 }
                labels.merge(decorate(labels["user_login"] ?? "")) { $1 }
                rows += walk(fields, "github_copilot_user_", Labels(labels))
            case .userTeams:
                labels.merge(person(fields)) { $1 }
                labels["team_slug"] = text(fields["slug"])
                labels["team_id"] = text(fields["team_id"])
                rows.append(Row("github_copilot_user_team_membership", labels, 1))
            case .billing, .members: break
            }
        }
        return rows
    }

    /// The row of a field that is documented; nil for any other.
    private static func row(
        _ prefix: String, _ field: String, _ labels: Labels, _ number: Double,
        of list: String = ""
    ) -> Row? {
        var name = prefix
        if prefix.hasSuffix("pull_requests_"), field.hasPrefix("total_") {
            name += field.dropFirst("total_".count)
        } else {
            name += field
        }
        name += list
        return names.contains(name) ? Row(name, labels, number) : nil
    }

    private static func walk(
        _ fields: [String: JSONValue], _ prefix: String, _ labels: Labels
    ) -> [Row] {
        var rows: [Row] = []
        for (field, value) in fields {
            if let number = number(value) {
                if let row = row(prefix, field, labels, number) { rows.append(row) }
            } else if field == "totals_by_cli", case .object(let cli) = value {
                rows += walk(cli, prefix + "cli_", labels)
            } else if field == "token_usage", case .object(let tokens) = value {
                rows += walk(tokens, prefix, labels)
            } else if field == "pull_requests", case .object(let pulls) = value {
                rows += walk(pulls, prefix + "pull_requests_", labels)
            } else if case .array(let entries) = value {
                rows += entries.flatMap { entry in
                    guard case .object(let entry) = entry else { return [Row]() }
                    return self.entry(entry, of: field, prefix, labels)
                }
            }
        }
        return rows
    }

    private static func entry(
        _ entry: [String: JSONValue], of list: String, _ prefix: String, _ labels: Labels
    ) -> [Row] {
        var values = labels.values
        let dimensions = ["ide", "feature", "language", "model", "comment_type", "phase"]
        for name in dimensions {
            if let value = text(entry[name]) { values[name] = value }
        }
        let labels = Labels(values)
        return entry.compactMap { field, value -> Row? in
            guard let number = number(value) else { return nil }
            switch list {
            case "totals_by_ai_adoption_phase":
                let name = field == "total_engaged_users" ? "engaged_users" : field
                return row(prefix + "adoption_phase_", name, labels, number)
            case "copilot_suggestions_by_comment_type":
                return row(prefix, field, labels, number, of: "_by_comment_type")
            case _ where list.hasPrefix("totals_by_"):
                return row(
                    prefix, field, labels, number, of: String(list.dropFirst("totals".count)))
            default: return row(prefix, field, labels, number, of: list)
            }
        }
    }

    private static func person(_ fields: [String: JSONValue]) -> [String: String] {
        ["user_login": fields["user_login"], "user_id": fields["user_id"]]
            .compactMapValues { text($0) }
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .integer(let number): String(number)
        default: nil
        }
    }
}

extension SampleBatch {
    /// The batch as rows, in its order.
    public var rows: [Row] {
        var last: (head: BlockID, tail: BlockID, labels: Labels)?
        return samples.map { sample in
            // The samples of an entry have the same labels.
            if let last, last.head == sample.head, last.tail == sample.tail {
                return Row(sample.metric.metric.name, last.labels, sample.value)
            }
            let labels = Labels(
                Dictionary(
                    labels(of: sample).map { ($0.label.description, $0.value) },
                    uniquingKeysWith: { first, _ in first + " twice" }))
            last = (sample.head, sample.tail, labels)
            return Row(sample.metric.metric.name, labels, sample.value)
        }
    }
}
