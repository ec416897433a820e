public import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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
        self.name = name
        self.labels = labels
        self.value = value
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
        series = "\(name){\(pairs.joined(separator: ","))}"
    }

    /// The series and the value.
    public var description: String { "\(series) \(value)" }

    /// Orders by series, then by value.
    public static func < (lhs: Row, rhs: Row) -> Bool {
        (lhs.series, lhs.value) < (rhs.series, rhs.value)
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
    /// - Throws: What the JSON decoder says.
    public static func rows(
        of report: [UInt8], _ source: Source, organization: String,
        decorate: (String) -> [String: String] = { _ in [:] }
    ) throws -> [Row] {
        var rows: [Row] = []
        for line in report.split(separator: 0x0A) {
            let record = try JSONDecoder().decode(JSONValue.self, from: Data(line))
            guard case .object(let fields) = record else { continue }
            var labels = ["organization": organization]
            switch source {
            case .organization:
                rows += walk(fields, "github_copilot_org_", labels)
            case .users:
                labels.merge(person(fields)) { $1 }
                labels.merge(decorate(labels["user_login"] ?? "")) { $1 }
                rows += walk(fields, "github_copilot_user_", labels)
            case .userTeams:
                labels.merge(person(fields)) { $1 }
                labels["team_slug"] = text(fields["slug"])
                labels["team_id"] = text(fields["team_id"])
                rows.append(Row("github_copilot_user_team_membership", labels, 1))
            case .billing, .members: break
            }
        }
        return rows.filter { names.contains($0.name) }
    }

    private static func walk(
        _ fields: [String: JSONValue], _ prefix: String, _ labels: [String: String]
    ) -> [Row] {
        var rows: [Row] = []
        for (field, value) in fields {
            if let number = number(value) {
                rows.append(Row(prefix + field, labels, number))
            } else if field == "totals_by_cli", case .object(let cli) = value {
                rows += walk(cli, prefix + "cli_", labels)
            } else if field == "token_usage", case .object(let tokens) = value {
                rows += walk(tokens, prefix, labels)
            } else if field == "pull_requests", case .object(let pulls) = value {
                rows += walk(pulls, prefix + "pull_requests_", labels).map { row in
                    let name = row.name.replacing("pull_requests_total_", with: "pull_requests_")
                    return Row(name, row.labels, row.value)
                }
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
        _ entry: [String: JSONValue], of list: String, _ prefix: String, _ labels: [String: String]
    ) -> [Row] {
        var labels = labels
        let dimensions = ["ide", "feature", "language", "model", "comment_type", "phase"]
        for name in dimensions { labels[name] = text(entry[name]) ?? labels[name] }
        return entry.compactMap { field, value in
            guard let number = number(value) else { return nil }
            switch list {
            case "totals_by_ai_adoption_phase":
                let name = field == "total_engaged_users" ? "engaged_users" : field
                return Row("\(prefix)adoption_phase_\(name)", labels, number)
            case "copilot_suggestions_by_comment_type":
                return Row("\(prefix)\(field)_by_comment_type", labels, number)
            default:
                return Row(
                    prefix + field + list.replacing("totals_by_", with: "_by_"), labels, number)
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
        samples.map { sample in
            Row(
                sample.metric.metric.name,
                Dictionary(
                    labels(of: sample).map { ($0.label.description, $0.value) },
                    uniquingKeysWith: { first, _ in first + " twice" }),
                sample.value)
        }
    }
}
