/// The `totals_by_…` lists of a record.
enum GeneratedBreakdown {
    /// Adds the seven totals and every list to a record.
    ///
    /// - Parameters:
    ///   - activities: The activities to sum.
    ///   - record: The record to add to.
    ///   - editors: Further fields of each editor.
    ///   - bucket: Returns the name under which a language counts.
    static func add(
        _ activities: [Activity], to record: inout GeneratedRecord,
        editors: [(name: String, value: GeneratedRecord.Value)] = [],
        languageBucket bucket: (String) -> String = { $0 }
    ) {
        var total = Counts()
        for activity in activities { total += activity.counts }
        add(total, to: &record, hasInteractions: true)
        record.add(
            "totals_by_ide",
            list(activities, ["ide"], hasInteractions: true, details: editors) {
                $0.ide.map { [$0] }
            })
        record.add(
            "totals_by_feature",
            list(activities, ["feature"], hasInteractions: true) { $0.feature.map { [$0] } })
        // Breakdowns by language have no interactions, because a prompt has no language.
        record.add(
            "totals_by_language_feature",
            list(activities, ["language", "feature"], hasInteractions: false) { activity in
                guard let language = activity.language, let feature = activity.feature else {
                    return nil
                }
                return [bucket(language), feature]
            })
        record.add(
            "totals_by_language_model",
            list(activities, ["language", "model"], hasInteractions: false) { activity in
                guard let language = activity.language, let model = activity.model else {
                    return nil
                }
                return [bucket(language), model]
            })
        record.add(
            "totals_by_model_feature",
            list(activities, ["model", "feature"], hasInteractions: true) { activity in
                guard let model = activity.model, let feature = activity.feature else {
                    return nil
                }
                return [model, feature]
            })
    }

    private static func list(
        _ activities: [Activity], _ names: [String], hasInteractions: Bool,
        details: [(name: String, value: GeneratedRecord.Value)] = [],
        by key: (Activity) -> [String]?
    ) -> GeneratedRecord.Value {
        // In order of first appearance, so that the bytes do not depend on hashing.
        var places: [[String]: Int] = [:]
        var groups: [(key: [String], counts: Counts)] = []
        for activity in activities {
            guard let key = key(activity) else { continue }
            if let place = places[key] {
                groups[place].counts += activity.counts
            } else {
                places[key] = groups.count
                groups.append((key, activity.counts))
            }
        }
        return .list(
            groups.map { group in
                var record = GeneratedRecord()
                for (name, value) in zip(names, group.key) { record.add(name, .text(value)) }
                add(group.counts, to: &record, hasInteractions: hasInteractions)
                for detail in details { record.add(detail.name, detail.value) }
                return record
            })
    }

    private static func add(
        _ counts: Counts, to record: inout GeneratedRecord, hasInteractions: Bool
    ) {
        if hasInteractions { record.add("user_initiated_interaction_count", counts.interactions) }
        record.add("code_generation_activity_count", counts.generations)
        record.add("code_acceptance_activity_count", counts.acceptances)
        record.add("loc_suggested_to_add_sum", counts.linesSuggestedToAdd)
        record.add("loc_suggested_to_delete_sum", counts.linesSuggestedToDelete)
        record.add("loc_added_sum", counts.linesAdded)
        record.add("loc_deleted_sum", counts.linesDeleted)
    }

    /// The `totals_by_cli` object.
    static func record(of use: CommandLineUse) -> GeneratedRecord {
        var tokens = GeneratedRecord()
        tokens.add("output_tokens_sum", use.outputTokens)
        tokens.add("prompt_tokens_sum", use.promptTokens)
        let mean = Double(use.outputTokens + use.promptTokens) / Double(max(use.requests, 1))
        tokens.add(
            "avg_tokens_per_request",
            use.requests == 0 ? .null : .number((mean * 100).rounded() / 100))
        var record = GeneratedRecord()
        record.add("session_count", use.sessions)
        record.add("request_count", use.requests)
        record.add("prompt_count", use.prompts)
        record.add("token_usage", .object(tokens))
        return record
    }
}
