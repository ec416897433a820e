import Domain
import Ports
import Runner
import Toolbox

/// The numbers that people ask for first, added up from the samples that a backend accepted.
struct Highlights: Sendable {
    private static let weeklyUsers = id("github_copilot_org_weekly_active_users")
    private static let dailyUsers = id("github_copilot_org_daily_active_users")
    private static let linesAdded = id("github_copilot_org_loc_added_sum")
    private static let netAmount = id("github_copilot_billing_net_amount")

    /// The metrics that are added up.
    static let metrics: Set = [weeklyUsers, dailyUsers, linesAdded, netAmount]

    private var totals: [OrganizationLogin: [MetricID: [Day: Double]]] = [:]

    /// Keeps the totals of a source of a day, in place of earlier ones.
    mutating func note(_ scope: SampleScope, _ sums: [MetricID: Double]) {
        for (metric, sum) in sums {
            totals[scope.organization, default: [:]][metric, default: [:]][scope.day] = sum
        }
    }

    /// A line per organization: a number of each kind, and a bar per day.
    ///
    /// - Parameter days: The collected days, in order.
    /// - Returns: The lines; none if nothing was accepted.
    func lines(_ days: ClosedRange<Day>, _ style: TextStyle) -> [String] {
        guard !totals.isEmpty else { return [] }
        // Three rows of bars share what is left beside the names and numbers.
        let room = ((style.columns ?? 100) - Self.widthWithoutBars) / 3
        let shown = days.suffix(max(7, min(room, 31)))
        var table = Table([
            .words("ORGANIZATION"), .numbers("WEEKLY USERS"), .words(""), .numbers("LINES ADDED"),
            .words(""), .numbers("NET SPEND"), .words(""),
        ])
        for (organization, totals) in totals.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            func values(_ metric: MetricID) -> [Double?] { shown.map { totals[metric]?[$0] } }
            func last(_ metric: MetricID) -> Double? { values(metric).compactMap(\.self).last }
            let lines = values(Self.linesAdded)
            let spend = shown.map { Self.spend(on: $0, totals[Self.netAmount] ?? [:]) }
            table.add([
                "\(organization)", Self.cell(last(Self.weeklyUsers)) { Int($0).grouped },
                Self.bars(values(Self.dailyUsers)),
                Self.cell(lines.compactMap(\.self).isEmpty ? nil : lines.compactMap(\.self).sum) {
                    Int($0).grouped
                },
                Self.bars(lines),
                Self.cell(last(Self.netAmount), \.groupedHundredths), Self.bars(spend),
            ])
        }
        let first = shown.first ?? days.lowerBound
        let month = DayText.months[days.upperBound.month - 1]
        let caption =
            "Users of 7 days, lines since \(first), and the bill of \(month) so far, in its currency"
            + " (\(Self.dash): an enterprise pays). A bar is a day."
        return [style("Copilot up to \(days.upperBound)", .heading)] + table.lines(style)
            + style.prose(caption)
    }

    /// The width of the other columns, with two spaces between all.
    private static let widthWithoutBars = 56
    /// Stands for a number that there is not.
    private static let dash = "–"

    private static func cell(_ value: Double?, _ text: (Double) -> String) -> Table.Cell {
        Table.Cell(value.map(text) ?? dash)
    }

    private static func bars(_ values: [Double?]) -> Table.Cell {
        Table.Cell(TextSparkline.text(values), .good)
    }

    /// The spend of one day, from bills that count from the first of a month; nil if not known.
    private static func spend(on day: Day, _ bills: [Day: Double]) -> Double? {
        guard let bill = bills[day] else { return nil }
        let before = day.advanced(by: -1)
        guard before.month == day.month else { return bill }
        return bills[before].map { max(0, bill - $0) }
    }

    private static func id(_ name: String) -> MetricID {
        guard let id = MetricID.all.first(where: { $0.metric.name == name }) else {
            preconditionFailure("the catalogue has no \(name)")
        }
        return id
    }
}

extension [Double] {
    fileprivate var sum: Double { reduce(0, +) }
}
