import Domain
import Fakes
import GitHubSimulator
import InProcess

/// What happens in a world, and when: all of it from the seed.
struct SoakPlan: Sendable {
    static let organizationCount = 8
    static let dayCount = 50
    /// The people with a seat in the first organization and in the others.
    ///
    /// Lists of the first one have several pages and files. With fewer people in the others there would
    /// be many days without activity, whose report never comes.
    private static let (userCount, userCountMin) = (10, 6)

    /// Something that lasts.
    enum Turn: Sendable {
        case joins(Int)
        case leaves(Int)
        /// Installs the App again, under another number as at GitHub.
        case returns(Int, installation: Int64)
        case suspended(Int, Bool)
        case renamed(Int, String)
    }

    /// Something that lasts a day.
    struct Trouble: Sendable {
        enum Kind: Sendable {
            case scenario(Scenario)
            case sink(SoakSink.Trouble)
        }

        let organization: Int
        let kind: Kind
    }

    /// What happens between two midnights.
    struct Today: Sendable, CustomStringConvertible {
        var turns: [Turn] = []
        var troubles: [Trouble] = []
        var process = FragileProcess.Faults()
        var deaths: [Int] = []
        /// How far the functions' clock is ahead of GitHub's.
        var clockOffset = Duration.zero
        /// Whether nobody sends the tick.
        var missesTick = false

        var description: String {
            var words = turns.map { "\($0)" }
            for trouble in troubles {
                switch trouble.kind {
                case .scenario(let scenario):
                    words.append("acme-\(trouble.organization) \(scenario.name)")
                case .sink(let answer):
                    words.append("acme-\(trouble.organization)'s backend \(answer.rawValue)")
                }
            }
            if process.store > 0 { words.append("store fails") }
            if process.queue > 0 { words.append("queue fails") }
            if !deaths.isEmpty { words.append("dies \(deaths.count) times") }
            if clockOffset != .zero { words.append("clock is wrong") }
            if missesTick { words.append("no tick") }
            return words.isEmpty ? "nothing" : words.joined(separator: ", ")
        }

        func plays(_ name: String) -> Bool {
            troubles.contains { trouble in
                guard case .scenario(let scenario) = trouble.kind else { return false }
                return scenario.name == name
            }
        }
    }

    /// Scenarios that a day of a world cannot have, each with the reason.
    static let leftOut = [
        "app-name-taken": "an App is made before the first day",
        "manifest-code-expired": "an App is made before the first day",
        "manifest-outage": "an App is made before the first day",
        "manifest-answer-lost": "an App is made before the first day",
        "manifest-damaged-key": "an App is made before the first day",
        "install-without-code": "the App is installed before the first day",
        "app-deleted": "nothing brings an App back but setting up again",
        "app-renamed": "only pages for people name it",
        "many-installations": "250 organizations would join for a day",
        "unproven-owner": "known organizations are kept, and for new ones not-an-owner is the same",
        "owner-lost": "in a world whose organizations are known, not-an-owner is the same",
        "long-lines": "each file would have 20 MiB",
        "clock-skew": "here the functions' clock is wrong, which is the same",
    ]

    static let scenarios = Scenario.all.filter { leftOut[$0.name] == nil && $0.name != "plain" }

    private static let fileScenarios = Set(
        Scenario.groups.filter { ["Files and fields", "Transfers"].contains($0.title) }
            .flatMap(\.scenarios).map(\.name)
            + [
                "missing-files", "flaky", "odd-record", "filter-files", "filter-missing",
                "filter-redirect",
            ])

    /// The days that GitHub reports.
    let days: ClosedRange<Day>
    let world: World
    private let all: [Day: Today]

    /// Those who take the App away for good, and when.
    let leavings: [Int: Day]
    /// The first tick of each organization.
    let beginnings: [Int: Day]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let first = Day(number: 20_454 + Int.random(in: 0..<365, using: &random))
        let days = first...first.advanced(by: Self.dayCount - 1)
        var world = World.generated(
            organizations: Self.organizationCount, users: Self.userCount, seed: seed,
            firstDay: first.advanced(by: -3), lastDay: days.upperBound)
        for index in world.organizations.indices {
            if index == 0 {
                world.organizations[index].members += Self.onlookers
            } else {
                world.organizations[index].members.removeLast(Self.userCount - Self.userCountMin)
            }
            let fileSize = Int.random(in: index == 0 ? 3...6 : 4...12, using: &random)
            let seats = world.organizations[index].members.filter(\.hasSeat)
            // A team of fewer than five is not reported.
            world.organizations[index].teams = [
                OrganizationTeam(
                    id: Int64(7_000 + index), slug: "core",
                    memberIDs: seats.prefix(Int.random(in: 5...6, using: &random)).map(\.id))
            ]
            world.organizations[index].history.worksOnWeekends()
            world.organizations[index].history.activities(atMost: 1)
            world.organizations[index].history.files(of: fileSize)
        }
        // Late reports and restated ones.
        world.publication = PublicationRule.drawn(for: world, days, by: &random) { chance, hours in
            switch chance {
            case ..<8: .published(after: .seconds(hours * 3_600))
            case ..<20: .revised(after: .seconds(hours * 3_600))
            // Such a day is read again for weeks.
            case 20 where hours < 14: .withheld
            default: nil
            }
        }
        var all: [Day: Today] = [:]
        for day in first...days.upperBound.advanced(by: 3) {
            all[day.advanced(by: 1)] = Self.today(&random)
            // An organization's history begins with its first tick, and the last days need theirs.
            if (Self.firstMissedTick...Self.lastMissedTick).contains(first.distance(to: day)) {
                all[day.advanced(by: 1)]?.missesTick = Int.random(in: 0..<5, using: &random) == 0
            }
        }
        var (leavings, beginnings): ([Int: Day], [Int: Day]) = ([:], [:])
        for place in world.organizations.indices {
            let turns = Self.turns(
                of: place, days, &random, &leavings, &beginnings)
            for (day, turn) in turns {
                if case .joins = turn { world.organizations[place].installation = nil }
                all[day, default: Today()].turns.append(turn)
            }
        }
        self.days = days
        self.world = world
        self.all = all
        self.leavings = leavings
        self.beginnings = beginnings
    }

    /// Members without a seat, for a second page of the list.
    private static let onlookers = (0..<100).map { number in
        OrganizationMember(
            id: Int64(70_000 + number), login: "onlooker-\(number)", name: nil, hasSeat: false)
    }

    // After the last organization has joined, and before the last days.
    private static let (firstMissedTick, lastMissedTick) = (13, dayCount - 3)

    /// What happens on a day.
    func today(_ day: Day) -> Today { all[day] ?? Today() }

    /// Whether a scenario was played on a day, for an organization or for all.
    func played(_ scenario: String, on day: Day) -> Bool { today(day).plays(scenario) }

    private static func turns(
        of place: Int, _ days: ClosedRange<Day>, _ random: inout SeededGenerator,
        _ leavings: inout [Int: Day], _ beginnings: inout [Int: Day]
    ) -> [(Day, Turn)] {
        func day(_ range: ClosedRange<Int>) -> Day {
            days.lowerBound.advanced(by: Int.random(in: range, using: &random))
        }
        var turns: [(Day, Turn)] = []
        beginnings[place] = days.lowerBound.advanced(by: 1)
        let start = day(12...30)
        let length = Int.random(in: 1...3, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            let start = day(3...12)
            turns.append((start, .joins(place)))
            beginnings[place] = start
        case 1:
            let end = day(30...45)
            turns.append((end, .leaves(place)))
            leavings[place] = end
        case 2:
            turns += [
                (start, .leaves(place)),
                (
                    start.advanced(by: length),
                    .returns(place, installation: Int64(5_550 + place))
                ),
            ]
        case 3:
            turns += [
                (start, .suspended(place, true)),
                (start.advanced(by: length), .suspended(place, false)),
            ]
        case 4: turns.append((start, .renamed(place, "renamed-\(place)")))
        default: break
        }
        return turns
    }

    private static func today(_ random: inout SeededGenerator) -> Today {
        var today = Today()
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        for place in 0..<organizationCount {
            if chance(8), let scenario = scenarios.randomElement(using: &random) {
                today.troubles.append(Trouble(organization: place, kind: .scenario(scenario)))
            }
            if chance(5), let trouble = SoakSink.Trouble.allCases.randomElement(using: &random) {
                today.troubles.append(Trouble(organization: place, kind: .sink(trouble)))
            }
        }
        // Of two that change a file the first counts, and this one has to be known.
        if today.plays("repeated-rows") {
            today.troubles.removeAll { trouble in
                guard case .scenario(let scenario) = trouble.kind else { return false }
                return scenario.name != "repeated-rows" && fileScenarios.contains(scenario.name)
            }
        }
        if chance(8) { today.process.store = Int.random(in: 2...40, using: &random) }
        if chance(8) { today.process.queue = Int.random(in: 2...80, using: &random) }
        if chance(10) { today.process.twice = Int.random(in: 50...500, using: &random) }
        if chance(2) { today.clockOffset = .seconds(600) }
        if chance(12) {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                today.deaths.append(Int.random(in: 0...900, using: &random))
            }
        }
        return today
    }
}
