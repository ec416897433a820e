/// A user's habits, which stay the same from day to day.
struct Profile: Sendable {
    var intensity: Int
    let ides: [String]
    let languages: [String]
    let features: [String]
    let models: [String]
    let usesCommandLine: Bool
    let usesCloudAgent: Bool
    let asksForReviews: Bool
    let isReviewedUnasked: Bool
    let phase: Int

    init(seed: UInt64, organization: Int64, user: Int64) {
        var random = SeededRandom(seed, UInt64(organization), UInt64(user), 1)
        intensity = random.int(2...12)
        ides = Self.some(of: Vocabulary.ides, 1...2, &random)
        languages = Self.some(of: Vocabulary.languages, 1...4, &random)
        features = Self.some(of: Vocabulary.chatFeatures, 1...4, &random)
        models = Self.some(of: Vocabulary.models, 1...3, &random)
        usesCommandLine = random.chance(0.35)
        usesCloudAgent = random.chance(0.25)
        asksForReviews = random.chance(0.4)
        isReviewedUnasked = random.chance(0.3)
        phase = random.int(0...3)
    }

    /// The probability that the user works with Copilot on a workday.
    ///
    /// It is computed without the rest of the profile, because it is needed for every user and 28 days.
    static func workdayChance(seed: UInt64, organization: Int64, user: Int64) -> Double {
        var random = SeededRandom(seed, UInt64(organization), UInt64(user), 8)
        return [0.9, 0.75, 0.5, 0.2][random.int(0...3)]
    }

    private static func some(
        of words: [String], _ count: ClosedRange<Int>, _ random: inout SeededRandom
    ) -> [String] {
        var chosen: [String] = []
        for _ in 0..<random.int(count) {
            let word = random.favourite(words)
            if !chosen.contains(word) { chosen.append(word) }
        }
        return chosen
    }
}
