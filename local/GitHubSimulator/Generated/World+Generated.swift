public import Domain

extension World {
    /// Generates organizations that use Copilot.
    ///
    /// Their logins are `acme`, `acme-2`, … or begin with another name; ``Person/owner`` owns each of
    /// them. The same arguments generate the same world.
    ///
    /// - Parameters:
    ///   - organizations: The number of organizations.
    ///   - users: The number of people with a Copilot seat in each organization.
    ///   - seed: The seed of all random numbers.
    ///   - firstDay: The first day of the history.
    ///   - lastDay: The last day of the history.
    ///   - name: The login of the first organization.
    ///   - firstNumber: The offset of GitHub's IDs, so that two worlds can be combined.
    /// - Returns: The world.
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
            members: [
                OrganizationMember(.owner, isOwner: true),
                OrganizationMember(.plainMember, isOwner: false),
            ] + staff,
            teams: generatedTeams(of: staff, index, &random), history: .generated(history))
    }

    private static func generatedMember(
        _ number: Int, of organization: String, _ index: Int, _ random: inout SeededRandom
    ) -> OrganizationMember {
        let given = random.favourite(Vocabulary.givenNames)
        let family = random.favourite(Vocabulary.familyNames)
        // Every fifth person is a member of every organization, and GitHub reports the person in each.
        let isShared = number % 5 == 0
        let id = isShared ? 40_000 + number : 1_000_000 * (index + 1) + number
        let login = isShared ? "shared-\(number)" : "dev-\(index + 1)-\(number)"
        // Names and addresses can be missing independently.
        let hasEmail = !random.chance(0.2)
        let name = random.chance(0.1) ? (random.chance(0.5) ? "" : nil) : "\(given) \(family)"
        return OrganizationMember(
            id: Int64(id), login: login, name: name,
            verifiedEmails: hasEmail ? ["\(login)@\(organization).example"] : [])
    }

    /// Overlapping teams, and a last one that is too small to be reported.
    private static func generatedTeams(
        of staff: [OrganizationMember], _ index: Int, _ random: inout SeededRandom
    ) -> [OrganizationTeam] {
        let slugs = Vocabulary.teamSlugs.prefix(max(2, min(staff.count / 5, 8)))
        var teams = slugs.enumerated().map { number, slug in
            OrganizationTeam(
                id: Int64(7_000 + 100 * index + number), slug: slug,
                memberIDs: staff.enumerated().compactMap { place, member in
                    let isHome = place % slugs.count == number
                    return isHome || random.chance(0.15) ? member.id : nil
                })
        }
        teams.append(
            OrganizationTeam(
                id: Int64(7_000 + 100 * index + 99), slug: "founders",
                memberIDs: staff.prefix(4).map(\.id)))
        return teams
    }
}
