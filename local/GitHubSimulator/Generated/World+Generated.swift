public import Domain

extension World {
    /// Makes up organizations that use Copilot.
    ///
    /// They are called `acme`, `acme-2`, … or by another name; ``Person/owner`` owns each of them.
    ///
    /// - Parameters:
    ///   - organizations: How many.
    ///   - users: How many people with a Copilot seat each has.
    ///   - seed: What everything is made up from.
    ///   - firstDay: The first day there is anything of.
    ///   - lastDay: The last.
    ///   - name: What the first is called.
    ///   - firstNumber: Where GitHub's numbers begin, so that two worlds can be put together.
    /// - Returns: The same world for the same arguments.
    public static func generated(
        organizations: Int, users: Int, seed: UInt64, firstDay: Day, lastDay: Day,
        name: String = "acme", firstNumber: Int = 0
    ) -> World {
        let history = GeneratedHistory(
            seed: seed, days: firstDay...max(firstDay, lastDay),
            usersPerShard: min(max(users / 3, 4), 1_000))
        let all = (0..<organizations).map { index in
            generated(
                firstNumber + index, login: index == 0 ? name : "\(name)-\(index + 1)",
                users: users, history: history)
        }
        return World(people: [.owner, .plainMember, .stranger], organizations: all)
    }

    private static func generated(
        _ index: Int, login: String, users: Int, history: GeneratedHistory
    ) -> SimulatedOrganization {
        let id = Int64(900_100 + index)
        var random = SeededRandom(history.seed, UInt64(id), 7)
        let staff = (0..<users).map { number in
            generatedMember(number, of: login, index, &random)
        }
        return SimulatedOrganization(
            login: login, id: id, enterpriseID: index % 3 == 1 ? nil : 700,
            installation: SimulatedInstallation(id: Int64(555 + index)),
            members: [Member(.owner, isOwner: true), Member(.plainMember, isOwner: false)] + staff,
            teams: generatedTeams(of: staff, index, &random), history: .generated(history))
    }

    private static func generatedMember(
        _ number: Int, of organization: String, _ index: Int, _ random: inout SeededRandom
    ) -> Member {
        let given = random.favourite(Vocabulary.givenNames)
        let family = random.favourite(Vocabulary.familyNames)
        // Every fifth person is in all organizations: GitHub reports such a user in each of them.
        let isShared = number % 5 == 0
        let id = isShared ? 40_000 + number : 1_000_000 * (index + 1) + number
        let login = isShared ? "shared-\(number)" : "dev-\(index + 1)-\(number)"
        // Names and addresses can be missing, each on its own.
        let hasEmail = !random.chance(0.2)
        let name = random.chance(0.1) ? (random.chance(0.5) ? "" : nil) : "\(given) \(family)"
        return Member(
            id: Int64(id), login: login, name: name,
            verifiedEmails: hasEmail ? ["\(login)@\(organization).example"] : [])
    }

    /// Teams that overlap, and at the end one that is too small to be reported.
    private static func generatedTeams(
        of staff: [Member], _ index: Int, _ random: inout SeededRandom
    ) -> [Team] {
        let slugs = Vocabulary.teamSlugs.prefix(max(2, min(staff.count / 5, 8)))
        var teams = slugs.enumerated().map { number, slug in
            Team(
                id: Int64(7_000 + 100 * index + number), slug: slug,
                memberIDs: staff.enumerated().compactMap { place, member in
                    let isHome = place % slugs.count == number
                    return isHome || random.chance(0.15) ? member.id : nil
                })
        }
        teams.append(
            Team(
                id: Int64(7_000 + 100 * index + 99), slug: "founders",
                memberIDs: staff.prefix(4).map(\.id)))
        return teams
    }
}
