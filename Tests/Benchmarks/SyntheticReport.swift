import Fakes

/// A `users-1-day` report as GitHub writes it, generated user by user and never held as a whole.
///
/// The shape is that of reports we have seen: 5.4 kB and 86 samples per user. A user has one or two
/// editors, two to five features, up to four languages with two features and two models each, and
/// every third the command line. A seed always results in the same bytes.
struct SyntheticReport {
    private static let features = [
        "code_completion", "chat_inline", "chat_panel_ask_mode", "chat_panel_agent_mode",
        "agent_edit", "copilot_cli",
    ]
    private static let languages = [
        "python", "typescript", "go", "java", "c#", "markdown", "yaml", "json", "bash", "rust",
    ]

    private let day: String
    private let end: Int
    private var user: Int
    private var text = JSONText()
    private var random: SeededGenerator
    private var editors = Lot(["vscode", "visualstudio", "intellij", "neovim"])
    private var features = Lot(Self.features)
    private var languages = Lot(Self.languages)
    private var models = Lot(["gpt-5.4", "claude-haiku-4.5", "auto", "gemini-3", "others"])

    init(users: Range<Int>, seed: UInt64, day: String) {
        self.day = day
        user = users.lowerBound
        end = users.upperBound
        random = SeededGenerator(seed: seed)
    }

    /// The next `byteCount` bytes of the file, or nil at its end.
    mutating func nextChunk(_ byteCount: Int) -> [UInt8]? {
        while text.bytes.count < byteCount, user < end { addUser() }
        return text.take(byteCount)
    }

    /// The next user's line with its line break, or nil at the file's end.
    mutating func nextLine() -> [UInt8]? {
        if user < end { addUser() }
        return text.take(.max)
    }

    private mutating func addUser() {
        text.open("{")
        text.add("day", day)
        text.add("organization_id", "900100")
        text.add("enterprise_id", "700")
        text.add("user_id", 4_100_000 + user)
        text.add("user_login", "user-\(user)-dev")
        addTotals()
        addEditors()
        list("totals_by_feature") { report in
            for feature in report.draw(2...5, \.features) {
                report.text.open("{")
                report.text.add("feature", feature)
                report.addTotals()
                report.text.close("}")
            }
        }
        addPairs(
            "totals_by_language_feature", "language", \.languages, 1...4, "feature", \.features)
        addPairs("totals_by_language_model", "language", \.languages, 1...4, "model", \.models)
        addPairs(
            "totals_by_model_feature", "model", \.models, 1...3, "feature", \.features,
            hasInteractions: true)
        if user.isMultiple(of: 3) { addCommandLine() }
        text.add("used_agent", literally: "true")
        text.add("used_chat", literally: "true")
        text.add("ai_credits_used", literally: "3.5")
        text.open("{", "ai_adoption_phase")
        text.add("phase_number", 1)
        text.add("phase", "Phase 1")
        text.add("version", "v1")
        text.close("}")
        text.close("}\n")
        user += 1
    }

    private mutating func addTotals(hasInteractions: Bool = true) {
        if hasInteractions { add("user_initiated_interaction_count", below: 50) }
        add("code_generation_activity_count", below: 100)
        add("code_acceptance_activity_count", below: 60)
        add("loc_suggested_to_add_sum", below: 900)
        add("loc_suggested_to_delete_sum", below: 40)
        add("loc_added_sum", below: 500)
        add("loc_deleted_sum", below: 100)
    }

    private mutating func addEditors() {
        list("totals_by_ide") { report in
            for editor in report.draw(1...2, \.editors) {
                report.text.open("{")
                report.text.add("ide", editor)
                report.addTotals()
                report.text.open("{", "last_known_ide_version")
                report.text.add("sampled_at", "2026-10-05T08:11:02.000Z")
                report.text.add("ide_version", "1.115.0")
                report.text.close("}")
                report.text.open("{", "last_known_plugin_version")
                report.text.add("sampled_at", "2026-10-05T08:11:02.000Z")
                report.text.add("plugin", "copilot-chat")
                report.text.add("plugin_version", "0.43.0")
                report.text.close("}")
                report.text.close("}")
            }
        }
    }

    private mutating func addPairs(
        _ name: StaticString, _ firstName: StaticString,
        _ first: WritableKeyPath<Self, Lot>, _ count: ClosedRange<Int>, _ secondName: StaticString,
        _ second: WritableKeyPath<Self, Lot>, hasInteractions: Bool = false
    ) {
        list(name) { report in
            for one in report.draw(count, first) {
                for other in report.draw(2...2, second) {
                    report.text.open("{")
                    report.text.add(firstName, one)
                    report.text.add(secondName, other)
                    report.addTotals(hasInteractions: hasInteractions)
                    report.text.close("}")
                }
            }
        }
    }

    private mutating func addCommandLine() {
        text.open("{", "totals_by_cli")
        text.add("session_count", 3)
        text.add("request_count", 20)
        text.add("prompt_count", 9)
        text.open("{", "token_usage")
        text.add("output_tokens_sum", 5_000)
        text.add("prompt_tokens_sum", 91_000)
        text.add("avg_tokens_per_request", literally: "4800.0")
        text.close("}")
        text.open("{", "last_known_cli_version")
        text.add("cli_version", "1.0.8")
        text.add("sampled_at", "2026-10-05T09:00:00.000Z")
        text.close("}")
        text.close("}")
    }

    private mutating func add(_ name: StaticString, below bound: UInt64) {
        text.add(name, Int(random.next() % bound))
    }

    private mutating func draw(
        _ count: ClosedRange<Int>, _ lot: WritableKeyPath<Self, Lot>
    ) -> ArraySlice<String> {
        let seed = random.next()
        return self[keyPath: lot].draw(count, seed: seed)
    }

    private mutating func list(_ name: StaticString, _ body: (inout Self) -> Void) {
        text.open("[", name)
        body(&self)
        text.close("]")
    }
}

/// Words that are drawn without replacement.
private struct Lot {
    private var words: [String]

    init(_ words: [String]) { self.words = words }

    mutating func draw(_ count: ClosedRange<Int>, seed: UInt64) -> ArraySlice<String> {
        var random = SeededGenerator(seed: seed)
        let count = count.lowerBound + Int(random.next() % UInt64(count.count))
        for place in 0..<count {
            let other = place + Int(random.next() % UInt64(words.count - place))
            words.swapAt(place, other)
        }
        return words[..<count]
    }
}
