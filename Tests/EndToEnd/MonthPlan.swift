import Domain
import Fakes
import GitHubSimulator
import InProcess

/// What happens in a month, and on which day of it.
struct MonthPlan: Sendable {
    /// Something that happens before a day's tick.
    enum Turn: Sendable {
        /// The organization installs the App.
        case joins(Int)
        /// The organization takes the App away.
        case leaves(Int)
        case suspended(Int, Bool)
        case renamed(Int, String)
        /// The person takes the authorization back.
        case revokes
        /// The person authorizes again.
        case authorizes
    }

    let world: World
    let faults: [Fault]
    private let turns: [Day: [Turn]]

    /// The organization that joins, the one that leaves, the suspended and the renamed one.
    static let (joining, leaving, suspended, renamed) = (3, 2, 1, 0)

    init(seed: UInt64, days: ClosedRange<Day>) {
        var random = SeededGenerator(seed: seed)
        var world = World.generated(
            organizations: 4, users: 12, seed: seed, firstDay: days.lowerBound.advanced(by: -28),
            lastDay: days.upperBound.advanced(by: 1))
        world.organizations[Self.joining].installation = nil
        world.updateAll { $0.history.files(of: 8) }
        // Late reports and restated ones.
        world.publication = PublicationRule.drawn(for: world, days, by: &random) { chance, hours in
            switch chance {
            case ..<15: .published(after: .seconds(hours * 3_600))
            case ..<40: .revised(after: .seconds(hours * 3_600))
            case ..<41: .withheld
            default: nil
            }
        }
        self.world = world
        let outage = Self.span(2, in: days, &random)
        faults = Self.faults(days, outage, &random)

        func day(_ range: ClosedRange<Int>) -> Day {
            days.lowerBound.advanced(by: Int.random(in: range, using: &random))
        }
        var turns: [Day: [Turn]] = [:]
        let (suspension, revocation) = (day(8...10), day(16...18))
        // A person who finds GitHub down comes back when it is up.
        let renewals = revocation.advanced(by: 3)...revocation.advanced(by: 6)
        let renewal = renewals.first { !outage.contains($0) } ?? renewals.upperBound
        for (day, turn) in [
            (day(4...7), Turn.joins(Self.joining)), (day(20...24), .leaves(Self.leaving)),
            (suspension, .suspended(Self.suspended, true)),
            (suspension.advanced(by: 3), .suspended(Self.suspended, false)),
            (day(12...15), .renamed(Self.renamed, "acme-renamed")),
            (revocation, .revokes), (renewal, .authorizes),
        ] { turns[day, default: []].append(turn) }
        self.turns = turns
    }

    /// Lets happen what happens on a day.
    ///
    /// - Returns: Whether the person authorizes again now.
    func apply(on day: Day, to github: SimulatedGitHub) -> Bool {
        var isAuthorizing = false
        for turn in turns[day] ?? [] {
            switch turn {
            case .joins(let place):
                github.update {
                    $0.organizations[place].installation = SimulatedInstallation(
                        id: Int64(555 + place))
                }
            case .leaves(let place):
                github.update { $0.organizations[place].installation = nil }
            case .suspended(let place, let isSo):
                github.update {
                    $0.organizations[place].installation?.suspendedAt =
                        isSo ? Timestamp(startOf: day) : nil
                }
            case .renamed(let place, let login):
                github.update { world in
                    let old = world.organizations[place].login
                    world.organizations[place].login = login
                    for index in world.publication.indices
                    where world.publication[index].organization == old {
                        world.publication[index].organization = login
                    }
                }
            case .revokes: github.revokeAuthorization(of: Person.owner.login)
            case .authorizes: isAuthorizing = true
            }
        }
        return isAuthorizing
    }

    private static func span(
        _ count: Int, in days: ClosedRange<Day>, _ random: inout SeededGenerator
    ) -> ClosedRange<Day> {
        let first = days.lowerBound.advanced(by: Int.random(in: 2...26, using: &random))
        return first...first.advanced(by: count - 1)
    }

    private static func faults(
        _ days: ClosedRange<Day>, _ outage: ClosedRange<Day>, _ random: inout SeededGenerator
    ) -> [Fault] {
        func span(_ count: Int) -> ClosedRange<Day> { Self.span(count, in: days, &random) }
        let reports: Set<GitHubOperation> = [
            .organizationReport, .usersReport, .userTeamsReport,
        ]
        return [
            Fault(during: outage, .always, .answers(.refusal(503, "No server is available."))),
            Fault(
                on: reports.union([.billingSummary]), during: span(1), .every(2),
                .answers(.secondaryRateLimit(retryAfter: 90))),
            Fault(on: [.download], during: span(2), .every(4), .breaksOff(after: 150)),
            Fault(
                on: [.download], during: span(1), .every(3),
                .answers(.storageRefusal(403, code: "AuthenticationFailed", message: "Expired."))),
            Fault(on: [.download], during: span(2), .every(3), .cuts),
            Fault(on: reports, during: span(1), .every(2), .answers(SimulatedResponse(200))),
        ]
    }
}
