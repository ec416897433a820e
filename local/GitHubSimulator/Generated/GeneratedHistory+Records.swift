import Domain

extension GeneratedHistory {
    /// The line of a user in `users-1-day`.
    func userRecord(
        _ user: UserDay, of organization: SimulatedOrganization, day: Day
    ) -> GeneratedRecord {
        let member = user.member
        var random = SeededRandom(
            seed, UInt64(organization.id), UInt64(member.id), UInt64(day.number), 5)
        var record = GeneratedRecord()
        addIdentity(of: organization, day: day, to: &record, &random)
        if !random.chance(Double(usersWithoutIDPerMille) / 1_000) {
            record.add("user_id", Int(member.id))
        }
        record.add("user_login", .text(member.login))
        let ide = versions(day, ("ide_version", "1.108.\(random.int(0...9))"))
        let plugin = versions(day, ("plugin", "copilot-chat"), ("plugin_version", "0.54.0"))
        GeneratedBreakdown.add(
            user.activities, to: &record,
            editors: [
                ("last_known_ide_version", ide),
                ("last_known_plugin_version", random.chance(0.3) ? .null : plugin),
            ])
        if let use = user.commandLine {
            var totals = GeneratedBreakdown.record(of: use)
            totals.add("last_known_cli_version", versions(day, ("cli_version", "1.0.8")))
            record.add("totals_by_cli", .object(totals))
        }
        let features = user.activities.compactMap(\.feature)
        record.add("used_agent", .bool(features.contains { $0.contains("agent") }))
        record.add("used_chat", .bool(features.contains { $0.hasPrefix("chat") }))
        record.add("used_cli", .bool(user.commandLine != nil))
        record.add("used_copilot_cloud_agent", .bool(user.usesCloudAgent))
        record.add(
            "used_copilot_code_review_active",
            random.chance(0.2) ? .null : .bool(user.asksForReviews))
        var phase = GeneratedRecord()
        phase.add("phase_number", user.profile.phase)
        phase.add("phase", .text(Vocabulary.phases[user.profile.phase]))
        phase.add("version", .text("v1"))
        record.add("ai_adoption_phase", .object(phase))
        record.add("ai_credits_used", .number(Double(random.int(0...4_000)) / 16))
        addHousekeeping(of: organization, day: day, to: &record)
        if random.chance(0.5) { record.shuffle(using: &random) }
        return record
    }

    /// The last known version of a program and the time it was seen.
    private func versions(_ day: Day, _ fields: (String, String)...) -> GeneratedRecord.Value {
        var record = GeneratedRecord()
        record.add("sampled_at", .text("\(day)T12:00:00.000Z"))
        for (name, value) in fields { record.add(name, .text(value)) }
        return .object(record)
    }

    /// The line of a user and a team in `user-teams-1-day`.
    func membershipRecord(
        _ member: OrganizationMember, _ team: OrganizationTeam,
        of organization: SimulatedOrganization, day: Day
    ) -> GeneratedRecord {
        var record = GeneratedRecord()
        record.add("user_id", Int(member.id))
        record.add("user_login", .text(member.login))
        record.add("day", .text(day.description))
        record.add("organization_id", .text(String(organization.id)))
        record.add("team_id", Int(team.id))
        record.add("slug", .text(team.slug))
        return record
    }

    /// Adds the fields that identify the day and the organization.
    func addIdentity(
        of organization: SimulatedOrganization, day: Day, to record: inout GeneratedRecord,
        _ random: inout SeededRandom
    ) {
        record.add("day", .text(day.description))
        record.add("organization_id", .text(String(organization.id)))
        // GitHub does not document whether it is null or absent for an organization without an enterprise.
        if let enterprise = organization.enterpriseID {
            record.add("enterprise_id", .text(String(enterprise)))
        } else if random.chance(0.5) {
            record.add("enterprise_id", .null)
        }
    }

    /// Adds undocumented fields that a reader must ignore.
    func addHousekeeping(
        of organization: SimulatedOrganization, day: Day, to record: inout GeneratedRecord
    ) {
        record.add("etl_id", .text("green"))
        record.add("day_partition", .text(day.description))
        record.add("entity_id_partition", Int(organization.id))
    }
}
