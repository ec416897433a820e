import Charts
import Domain
import HTML
import SampleIndex

/// A row of the overview: newest day, a cell per day, active users and the month's spend.
struct OrganizationRow {
    /// The metrics that a row shows.
    static let metrics: Set<String> = [activeUsers, ChartSpec.netAmount]
    private static let activeUsers = "github_copilot_org_daily_active_users"

    let organization: OrganizationDays
    let days: ClosedRange<Day>
    /// Whether each day has an address of its own; otherwise only days with a problem do.
    let isLinked: Bool
    /// The samples of ``metrics``; nil if there is nowhere to read them.
    let answer: SeriesAnswer?

    private var login: OrganizationLogin { organization.organization }
    private var address: String { "/organizations/\(login)" }

    var html: HTML {
        """
        <tr><th scope="row" class="who"><a href="\(address)">\(login)</a><br>\(newest)</th>\
        <td class="grid">\(strip)</td><td class="use">\(use)</td>\
        <td class="number cost">\(cost)</td></tr>
        """
    }

    private var newest: HTML {
        if let since = organization.suspendedAt {
            return "<span class=\"bad\">suspended since \(since.words)</span>"
        }
        guard let day = organization.days.last else {
            return "<span class=\"quiet\">nothing yet</span>"
        }
        return """
            <span class="quiet">\(day.day)</span> \
            <span class="\(day.state.rawValue)">\(day.words)</span>
            """
    }

    private var strip: HTML {
        let known = Dictionary(
            organization.days.map { ($0.day, $0) }, uniquingKeysWith: { $1 })
        let first = organization.days.first?.day
        let cells = days.map { day -> HeatStrip.Cell in
            guard let summary = known[day] else {
                let isLater = first.map { $0 < day } ?? false
                return HeatStrip.Cell(.none, title: isLater ? "never read" : "before the first day")
            }
            let isShown = isLinked || summary.state == .bad
            return HeatStrip.Cell(
                summary.state, title: summary.words,
                address: isShown ? "\(address)/days/\(day)" : nil)
        }
        return HeatStrip(
            title: "Days of \(login)", firstDay: days.lowerBound.number, cells: cells
        ).svg
    }

    private var use: HTML {
        guard let values = answer?[Self.activeUsers].first?.values,
            let place = values.lastIndex(where: { $0 != nil }), let newest = values[place]
        else { return "<span class=\"quiet\">–</span>" }
        let known = values.compactMap(\.self)
        let unit = ChartUnit.count("")
        let day = days.lowerBound.advanced(by: place)
        return Sparkline(
            values,
            title: """
                \(unit.text(newest)) active users on \(day); \(unit.text(known.min() ?? 0)) to \
                \(unit.text(known.max() ?? 0)) in \(known.count) days
                """
        ).svg
    }

    private var cost: HTML {
        guard let spend else { return "<span class=\"quiet\">–</span>" }
        return """
            \(ChartUnit.money(symbol: "$").text(spend.amount))<br>\
            <span class="quiet">\(MonthName.of(spend.day)) to the \
            \(MonthName.ordinal(spend.day.dayOfMonth))</span>
            """
    }

    /// The net amount of the month so far, on the newest day that has a bill.
    var spend: (day: Day, amount: Double)? {
        guard let values = answer?[ChartSpec.netAmount].summed(by: []).first?.values,
            let place = values.lastIndex(where: { $0 != nil }), let amount = values[place]
        else { return nil }
        return (days.lowerBound.advanced(by: place), amount)
    }
}
