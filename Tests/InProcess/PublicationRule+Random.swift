public import Domain
public import GitHubSimulator

extension PublicationRule {
    /// Decides for each report of each day of a world when it appears and changes.
    ///
    /// - Parameter effect: What a number of 0 to 99 stands for, with a number of hours of 7 to 53: late
    ///   enough to be noticed, and before a day is closed.
    public static func drawn(
        for world: World, _ days: ClosedRange<Day>, by random: inout some RandomNumberGenerator,
        _ effect: (_ chance: Int, _ hours: Int) -> Effect?
    ) -> [PublicationRule] {
        var rules: [PublicationRule] = []
        for organization in world.organizations {
            for source in Source.reports {
                for day in days {
                    let chance = Int.random(in: 0..<100, using: &random)
                    let hours = Int.random(in: 7...53, using: &random)
                    guard let effect = effect(chance, hours) else { continue }
                    rules.append(
                        PublicationRule(
                            organization: organization.login, source: source, days: day...day,
                            effect))
                }
            }
        }
        return rules
    }
}
