import Fakes

/// A report file with everything unusual: any layout and order of fields, values of wrong types,
/// unknown fields, and entries that repeat each other.
struct GeneratedReport {
    /// How the records are laid out in the file.
    enum Layout: CaseIterable {
        case lines
        case list
        case document
    }

    private(set) var text = ""
    /// The same records, each on a line.
    private(set) var lines = ""
    private var random: SeededGenerator
    private let isOneLine: Bool

    /// Generates the report of a seed, always the same one.
    init(seed: UInt64, layout: Layout, day: String) {
        random = SeededGenerator(seed: seed)
        isOneLine = layout == .lines
        let count = Int.random(in: 1...5, using: &random)
        let records = (0..<count).map { _ in record(day) }
        text = laidOut(records, layout)
        // Line breaks are only between tokens.
        lines = records.map { String($0.map { $0.isNewline ? " " : $0 }) }.joined(separator: "\n")
    }

    private mutating func laidOut(_ records: [String], _ layout: Layout) -> String {
        switch layout {
        case .lines: return records.joined(separator: "\n") + (chance(2) ? "\n" : "")
        case .list: return list(records) + blank()
        case .document:
            let fields =
                unknown(2) + [field("day_totals", list(records))] + (chance(2) ? unknown(1) : [])
            return blank() + object(fields)
        }
    }

    private mutating func record(_ day: String) -> String {
        var who = [
            field("day", chance(12) ? "\"2001-01-01\"" : "\"\(day)\""),
            field("user_id", "\(Int.random(in: 1...4, using: &random))"),
        ]
        if !chance(12) { who.append(field("user_login", text(["ada", "bo", "cy"]))) }
        if chance(2) { who += [field("team_id", "7"), field("slug", "\"core\"")] }
        var rest =
            unknown(2) + [field("loc_added_sum", number()), field("loc_deleted_sum", number())]
        rest.append(
            field(
                "totals_by_cli",
                object(
                    [field("session_count", number())] + unknown(1) + [
                        field("token_usage", object([field("output_tokens_sum", number())]))
                    ])))
        let comments = [entry("comment_type"), entry("comment_type"), entry("comment_type")]
        rest.append(
            field(
                "pull_requests",
                object([
                    field("total_created", number()),
                    field("copilot_suggestions_by_comment_type", list(comments)),
                    field("total_merged", number()),
                ])))
        for (name, labels) in [
            ("totals_by_ide", ["ide"]), ("totals_by_feature", ["feature"]),
            ("totals_by_language_feature", ["language", "feature"]),
            ("totals_by_language_model", ["language", "model"]),
        ] {
            let entries = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                chance(15) ? anything(2) : entry(labels[0], labels.dropFirst().first)
            }
            rest.append(field(name, chance(15) ? anything(2) : list(entries)))
        }
        rest.shuffle(using: &random)
        let fields = who.shuffled(using: &random) + rest
        // Most begin with the fields that identify them.
        return object(chance(5) ? fields.shuffled(using: &random) : fields)
    }

    private mutating func entry(_ label: String, _ other: String? = nil) -> String {
        var fields = [field(label, text(["others", "x", "]},{[\\\"", "é\\u00e9"]))]
        if let other { fields.append(field(other, text(["others", "y"]))) }
        fields.append(field("loc_added_sum", number()))
        fields.append(field("total_copilot_suggestions", number()))
        if chance(4) { fields += unknown(1) }
        return object(fields.shuffled(using: &random))
    }

    private mutating func unknown(_ count: Int) -> [String] {
        (0..<count).map { place in field("new_\(place)", anything(3)) }
    }

    private mutating func anything(_ depth: Int) -> String {
        switch Int.random(in: 0..<(depth == 0 ? 4 : 8), using: &random) {
        case 0: return "null"
        case 1: return "true"
        case 2: return text(["", "\\\\", "a,b", "{"])
        case 3: return number()
        case 4, 5:
            let count = Int.random(in: 0...4, using: &random)
            return list((0..<count).map { _ in anything(depth - 1) })
        default:
            let count = Int.random(in: 0...3, using: &random)
            return object((0..<count).map { field("f\($0)", anything(depth - 1)) })
        }
    }

    private mutating func number() -> String {
        ["0", "7", "-1.5", "12e2", "null", "\"9\"", "\(random.next() % 100)"]
            .randomElement(using: &random) ?? "1"
    }

    private mutating func text(_ choices: [String]) -> String {
        "\"\(choices.randomElement(using: &random) ?? "")\""
    }

    private mutating func field(_ name: String, _ value: String) -> String {
        "\"\(name)\"\(blank()):\(blank())\(value)"
    }

    private mutating func list(_ values: [String]) -> String { joined("[", values, "]") }

    private mutating func object(_ fields: [String]) -> String { joined("{", fields, "}") }

    private mutating func joined(_ open: String, _ parts: [String], _ close: String) -> String {
        var text = open
        for (place, part) in parts.enumerated() {
            text += (place == 0 ? "" : ",") + blank() + part + blank()
        }
        return text + close
    }

    private mutating func blank() -> String {
        guard chance(4) else { return "" }
        return [" ", "\t", isOneLine ? "  " : "\n", isOneLine ? " " : "\r\n "]
            .randomElement(using: &random) ?? ""
    }

    private mutating func chance(_ count: Int) -> Bool {
        Int.random(in: 0..<count, using: &random) == 0
    }
}
