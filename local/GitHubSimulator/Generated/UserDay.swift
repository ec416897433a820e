import Domain

/// A user's activity on one day.
struct UserDay: Sendable {
    let member: OrganizationMember
    let profile: Profile
    /// The activities; empty for a user whom only server telemetry reports, as active without counts.
    private(set) var activities: [Activity] = []
    private(set) var commandLine: CommandLineUse?
    private(set) var usesCloudAgent = false
    private(set) var asksForReviews = false
    private(set) var isReviewedUnasked = false

    /// Whether a user was active on a day.
    static func isActive(
        seed: UInt64, organization: Int64, user: Int64, day: Day, hasWeekends: Bool
    ) -> Bool {
        let chance = Profile.workdayChance(seed: seed, organization: organization, user: user)
        var random = SeededRandom(seed, UInt64(organization), UInt64(user), UInt64(day.number), 2)
        // 1970-01-01 was a Thursday, so remainders 2 and 3 are the weekend.
        let isWeekend = hasWeekends && (2...3).contains(day.number % 7)
        return random.chance(isWeekend ? chance / 8 : chance)
    }

    init(
        seed: UInt64, organization: Int64, member: OrganizationMember, profile: Profile, day: Day,
        revision: Int
    ) {
        self.member = member
        self.profile = profile
        var random = SeededRandom(
            seed, UInt64(organization), UInt64(member.id), UInt64(day.number), 3)
        if !random.chance(0.08) {
            for _ in 0..<profile.intensity { addActivity(&random) }
        }
        if profile.usesCommandLine, random.chance(0.7) { addCommandLineUse(&random) }
        usesCloudAgent = profile.usesCloudAgent && random.chance(0.6)
        asksForReviews = profile.asksForReviews && random.chance(0.6)
        isReviewedUnasked = profile.isReviewedUnasked && random.chance(0.6)
        // A revision is late telemetry: it only adds activities.
        for late in 0..<revision {
            var random = SeededRandom(
                seed, UInt64(organization), UInt64(member.id), UInt64(day.number), 4,
                UInt64(late))
            if random.chance(0.5) { addActivity(&random) }
        }
    }

    private mutating func addActivity(_ random: inout SeededRandom) {
        let isKnown = !random.chance(0.04)
        let ide = isKnown ? random.favourite(profile.ides) : nil
        let language = random.favourite(profile.languages)
        var counts = Counts()
        counts.generations = random.int(1...12)
        counts.acceptances = random.int(0...counts.generations)
        counts.linesSuggestedToAdd = counts.generations * random.int(1...9)
        counts.linesAdded = min(counts.acceptances * random.int(1...6), 400)
        if random.chance(0.6) {
            // Completions have no prompt and no model, and delete nothing.
            activities.append(
                Activity(
                    ide: ide, feature: isKnown ? "code_completion" : nil,
                    language: isKnown ? language : nil, model: nil, counts: counts))
            return
        }
        counts.interactions = random.int(1...8)
        counts.linesSuggestedToDelete = random.int(0...20)
        counts.linesDeleted = random.int(0...counts.linesSuggestedToDelete)
        activities.append(
            Activity(
                ide: ide, feature: isKnown ? random.favourite(profile.features) : nil,
                language: isKnown && random.chance(0.8) ? language : nil,
                model: isKnown ? random.favourite(profile.models) : nil, counts: counts))
    }

    private mutating func addCommandLineUse(_ random: inout SeededRandom) {
        var use = CommandLineUse()
        use.sessions = random.int(1...6)
        use.prompts = use.sessions * random.int(0...4)
        // A session without prompts makes no requests and has no average.
        use.requests = use.prompts * random.int(1...3)
        use.outputTokens = use.requests * random.int(200...1_800)
        use.promptTokens = use.requests * random.int(2_000...9_000)
        commandLine = use
    }
}
