import Domain

extension GeneratedHistory {
    /// The one line of `organization-1-day`.
    func organizationRecord(
        _ organization: SimulatedOrganization, day: Day, revision: Int
    ) -> GeneratedRecord {
        var random = SeededRandom(seed, UInt64(organization.id), UInt64(day.number), 6)
        let users = seated(organization).filter { isActive($0, in: organization, day: day) }
            .map { userDay($0, of: organization, day: day, revision: revision) }
        var record = GeneratedRecord()
        addIdentity(of: organization, day: day, to: &record, &random)
        addActiveUsers(users, of: organization, day: day, to: &record)
        // GitHub caps long lists: rare languages of a large organization count under one name.
        GeneratedBreakdown.add(users.flatMap(\.activities), to: &record) { language in
            Vocabulary.languages.prefix(8).contains(language) || language == "unknown"
                ? language : "others"
        }
        addCommandLine(users, to: &record)
        addPullRequests(users, to: &record, &random)
        addPhases(users, to: &record, &random)
        addHousekeeping(of: organization, day: day, to: &record)
        if random.chance(0.5) { record.shuffle(using: &random) }
        return record
    }

    private func addActiveUsers(
        _ users: [UserDay], of organization: SimulatedOrganization, day: Day,
        to record: inout GeneratedRecord
    ) {
        // The people who were active in 7 and in 28 days; each counts once.
        var week: Set<Int64> = []
        var month: Set<Int64> = []
        for member in seated(organization) {
            // The latest day suffices, and most people were active in the last few.
            let latest = (0..<28).first { ago in
                isActive(member, in: organization, day: day.advanced(by: -ago))
            }
            guard let latest else { continue }
            if latest < 7 { week.insert(member.id) }
            month.insert(member.id)
        }
        let agents = organization.members.count { member in
            month.contains(member.id)
                && profile(member, of: organization).features.contains { $0.contains("agent") }
        }
        let cloudAgents = organization.members.count { member in
            month.contains(member.id) && profile(member, of: organization).usesCloudAgent
        }
        record.add("daily_active_users", users.count)
        record.add("weekly_active_users", week.count)
        record.add("monthly_active_users", month.count)
        record.add("monthly_active_chat_users", month.count)
        record.add("monthly_active_agent_users", agents)
        record.add("daily_active_copilot_cloud_agent_users", users.count(where: \.usesCloudAgent))
        record.add("monthly_active_copilot_cloud_agent_users", cloudAgents)
        record.add("daily_active_copilot_code_review_users", users.count(where: \.asksForReviews))
        record.add(
            "daily_passive_copilot_code_review_users", users.count(where: \.isReviewedUnasked))
    }

    /// Adds the command line's fields, which GitHub omits on a day without command line use.
    private func addCommandLine(_ users: [UserDay], to record: inout GeneratedRecord) {
        let uses = users.compactMap(\.commandLine)
        guard !uses.isEmpty else { return }
        var total = CommandLineUse()
        for use in uses { total += use }
        record.add("daily_active_cli_users", uses.count)
        record.add("totals_by_cli", .object(GeneratedBreakdown.record(of: total)))
    }

    private func addPullRequests(
        _ users: [UserDay], to record: inout GeneratedRecord, _ random: inout SeededRandom
    ) {
        let created = random.int(0...max(users.count / 2, 2))
        let reviewed = random.int(0...created)
        let merged = random.int(0...created)
        let byCopilot = random.int(0...created)
        let mergedByCopilot = random.int(0...min(merged, byCopilot))
        let reviewedByCopilot = random.int(0...reviewed)
        let mergedReviewed = random.int(0...min(merged, reviewedByCopilot))
        let comments = Vocabulary.commentTypes.prefix(
            reviewedByCopilot == 0 ? 0 : random.int(1...5)
        )
        .map { type in
            let suggested = random.int(1...6)
            return (type: type, suggested: suggested, applied: random.int(0...suggested))
        }
        let suggested = comments.reduce(0) { $0 + $1.suggested }
        let applied = comments.reduce(0) { $0 + $1.applied }
        var section = GeneratedRecord()
        section.add("total_created", created)
        section.add("total_reviewed", reviewed)
        section.add("total_merged", merged)
        section.add("total_suggestions", suggested + reviewed)
        section.add("total_applied_suggestions", applied + reviewed / 2)
        section.add("total_created_by_copilot", byCopilot)
        section.add("total_reviewed_by_copilot", reviewedByCopilot)
        section.add("total_merged_created_by_copilot", mergedByCopilot)
        section.add("total_merged_reviewed_by_copilot", mergedReviewed)
        section.add("total_copilot_suggestions", suggested)
        section.add("total_copilot_applied_suggestions", applied)
        for (name, count) in [
            ("median_minutes_to_merge", merged),
            ("median_minutes_to_merge_copilot_authored", mergedByCopilot),
            ("median_minutes_to_merge_copilot_reviewed", mergedReviewed),
        ] {
            // Without a merged pull request there is no median: the field is null or missing.
            if count > 0 {
                section.add(name, .number(Double(random.int(20...9_000)) / 4))
            } else if random.chance(0.5) {
                section.add(name, .null)
            }
        }
        section.add(
            "copilot_suggestions_by_comment_type",
            .list(
                comments.map { comment in
                    var entry = GeneratedRecord()
                    entry.add("comment_type", .text(comment.type))
                    entry.add("total_copilot_suggestions", comment.suggested)
                    entry.add("total_copilot_applied_suggestions", comment.applied)
                    return entry
                }))
        // The section is sometimes missing.
        if !random.chance(0.1) { record.add("pull_requests", .object(section)) }
    }

    /// Adds the adoption phases, which GitHub omits if there are none.
    private func addPhases(
        _ users: [UserDay], to record: inout GeneratedRecord, _ random: inout SeededRandom
    ) {
        let phases = Vocabulary.phases.indices.compactMap { phase -> GeneratedRecord? in
            let engaged = users.filter { $0.profile.phase == phase }
            guard !engaged.isEmpty else { return nil }
            var total = Counts()
            for activity in engaged.flatMap(\.activities) { total += activity.counts }
            func mean(_ count: Int) -> GeneratedRecord.Value {
                .number((Double(count) / Double(engaged.count) * 10).rounded() / 10)
            }
            var entry = GeneratedRecord()
            entry.add("phase", .text(Vocabulary.phases[phase]))
            entry.add("phase_number", phase)
            entry.add("total_engaged_users", engaged.count)
            entry.add("avg_user_initiated_interactions", mean(total.interactions))
            entry.add("avg_code_generation_activities", mean(total.generations))
            entry.add("avg_code_acceptance_activities", mean(total.acceptances))
            entry.add("avg_loc_added", mean(total.linesAdded))
            entry.add("avg_loc_deleted", mean(total.linesDeleted))
            entry.add("version", .text("v1"))
            return entry
        }
        if !phases.isEmpty, !random.chance(0.1) {
            record.add("totals_by_ai_adoption_phase", .list(phases))
        }
    }
}
