public import Domain

/// Days that are made up from a seed: asked again, they say the same, byte for byte.
public struct GeneratedHistory: Hashable, Sendable {
    /// What the days are made up from.
    public var seed: UInt64
    /// The days there are.
    public var days: ClosedRange<Day>
    /// How many users one file of a report holds at most.
    public var usersPerShard: Int
    /// How many users in a thousand have no `user_id`, which GitHub documents as always there.
    public var usersWithoutIDPerMille: Int
    /// Whether few people work on Saturdays and Sundays.
    public var hasWeekends = true

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

    /// One file; a users file holds the active ones of its share of the seats, maybe none.
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
        func write(_ record: Record) {
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

    func seated(_ organization: SimulatedOrganization) -> [Member] {
        organization.members.filter(\.hasSeat)
    }

    func isActive(_ member: Member, in organization: SimulatedOrganization, day: Day) -> Bool {
        UserDay.isActive(
            seed: seed, organization: organization.id, user: member.id, day: day,
            hasWeekends: hasWeekends)
    }

    private func hasActivity(in organization: SimulatedOrganization, day: Day) -> Bool {
        organization.members.contains {
            $0.hasSeat && isActive($0, in: organization, day: day)
        }
    }

    /// Who did anything on a day, by number.
    func activeIDs(in organization: SimulatedOrganization, day: Day) -> [Int64] {
        seated(organization).filter { isActive($0, in: organization, day: day) }.map(\.id)
    }

    func profile(_ member: Member, of organization: SimulatedOrganization) -> Profile {
        Profile(seed: seed, organization: organization.id, user: member.id)
    }

    func userDay(
        _ member: Member, of organization: SimulatedOrganization, day: Day, revision: Int
    ) -> UserDay {
        UserDay(
            seed: seed, organization: organization.id, member: member,
            profile: profile(member, of: organization), day: day, revision: revision)
    }

    /// Who is in which team, without the teams that have under five seats: GitHub leaves them out,
    /// <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/team-level-metrics>.
    private func memberships(
        of organization: SimulatedOrganization
    ) -> [(member: Member, team: Team)] {
        let byID = Dictionary(uniqueKeysWithValues: seated(organization).map { ($0.id, $0) })
        return organization.teams.flatMap { team in
            let members = team.memberIDs.compactMap { byID[$0] }
            return members.count < 5 ? [] : members.map { (member: $0, team: team) }
        }
    }
}
