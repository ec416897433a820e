public import Domain

/// A history generated from a seed; its reports are the same each time, byte for byte.
public struct GeneratedHistory: Hashable, Sendable {
    /// The seed.
    public var seed: UInt64
    /// The days of the history.
    public var days: ClosedRange<Day>
    /// The most users in a file of a report.
    public var usersPerShard: Int
    /// How many users per thousand have no `user_id`, a field that GitHub documents as always present.
    public var usersWithoutIDPerMille: Int
    /// Whether few people work on Saturdays and Sundays.
    public var hasWeekends = true
    /// The most activities of a user on a day, so that there can be many days.
    public var activityCountMax = 12

    /// Creates a history.
    public init(
        seed: UInt64, days: ClosedRange<Day>, usersPerShard: Int = 1_000,
        usersWithoutIDPerMille: Int = 0
    ) {
        self.seed = seed
        self.days = days
        self.usersPerShard = usersPerShard
        self.usersWithoutIDPerMille = usersWithoutIDPerMille
    }

    func shardCount(
        _ source: Source, of organization: SimulatedOrganization, day: Day, revision: Int
    ) -> Int {
        let lineCount =
            switch source {
            case .organization: 1
            case .users:
                hasActivity(in: organization, day: day) ? seated(organization).count : 0
            case .userTeams: memberships(of: organization).count
            case .billing, .members: 0
            }
        return (lineCount + usersPerShard - 1) / usersPerShard
    }

    /// A file of a report; a users file contains the active users of its share of the seats, possibly none.
    func shard(
        _ index: Int, of source: Source, of organization: SimulatedOrganization, day: Day,
        revision: Int
    ) -> [UInt8]? {
        let shardCount = shardCount(source, of: organization, day: day, revision: revision)
        guard 0..<shardCount ~= index else { return nil }
        func part<Element>(_ all: [Element]) -> ArraySlice<Element> {
            all.dropFirst(index * usersPerShard).prefix(usersPerShard)
        }
        var bytes: [UInt8] = []
        func write(_ record: GeneratedRecord) {
            record.write(into: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        switch source {
        case .organization:
            write(organizationRecord(organization, day: day, revision: revision))
        case .users:
            for member in part(seated(organization))
            where isActive(member, in: organization, day: day) {
                let user = userDay(member, of: organization, day: day, revision: revision)
                write(userRecord(user, of: organization, day: day))
            }
        case .userTeams:
            for (member, team) in part(memberships(of: organization)) {
                write(membershipRecord(member, team, of: organization, day: day))
            }
        case .billing, .members: break
        }
        return bytes
    }

    func seated(_ organization: SimulatedOrganization) -> [OrganizationMember] {
        organization.members.filter(\.hasSeat)
    }

    func isActive(
        _ member: OrganizationMember, in organization: SimulatedOrganization, day: Day
    ) -> Bool {
        UserDay.isActive(
            seed: seed, organization: organization.id, user: member.id, day: day,
            hasWeekends: hasWeekends)
    }

    private func hasActivity(in organization: SimulatedOrganization, day: Day) -> Bool {
        organization.members.contains {
            $0.hasSeat && isActive($0, in: organization, day: day)
        }
    }

    func profile(_ member: OrganizationMember, of organization: SimulatedOrganization) -> Profile {
        var profile = Profile(seed: seed, organization: organization.id, user: member.id)
        profile.intensity = min(profile.intensity, activityCountMax)
        return profile
    }

    func userDay(
        _ member: OrganizationMember, of organization: SimulatedOrganization, day: Day,
        revision: Int
    ) -> UserDay {
        UserDay(
            seed: seed, organization: organization.id, member: member,
            profile: profile(member, of: organization), day: day, revision: revision)
    }

    /// The members of each team, without teams of fewer than five seats, which GitHub omits,
    /// <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/team-level-metrics>.
    private func memberships(
        of organization: SimulatedOrganization
    ) -> [(member: OrganizationMember, team: OrganizationTeam)] {
        let byID = Dictionary(uniqueKeysWithValues: seated(organization).map { ($0.id, $0) })
        return organization.teams.flatMap { team in
            let members = team.memberIDs.compactMap { byID[$0] }
            return members.count < 5 ? [] : members.map { (member: $0, team: team) }
        }
    }
}
