import Charts
import Domain
import HTML
import SampleIndex

/// An organization: its problems, its charts, its people and its days.
struct OrganizationPage {
    let organization: OrganizationDays
    let problems: [ConsoleProblem]
    let days: ShownDays
    /// The samples; nil if there is nowhere to read them.
    let answer: SeriesAnswer?
    let people: PeopleSection
    let forms: ActionForms

    private var login: OrganizationLogin { organization.organization }

    var html: HTML {
        """
        <h1>\(login)</h1>
        <p class="answer">\(newest)</p>
        \(ProblemsSection.html(problems, forms, isNamed: false))
        <h2>Use and spend</h2>
        \(range)
        \(charts)
        \(people.html)
        <h2 id="days">Days</h2>
        <p><a href="/collect?organization=\(login)">Collect missing days</a></p>
        \(table)
        """
    }

    private var newest: HTML {
        guard let day = organization.days.last else { return "Nothing has been collected yet." }
        return """
            The newest day is <a href="/organizations/\(login)/days/\(day.day)">\(day.day)</a>: \
            <span class="\(day.state.rawValue)">\(day.words)</span>.
            """
    }

    private var range: HTML {
        let links = ShownDays.allCases.map { range -> HTML in
            let current: HTML = range == days ? " aria-current=\"page\"" : ""
            return """
                <a href="/organizations/\(login)?\(people.filter.fields { $0.days = range; $0.page = 1 })"\(current)>\
                \(range.rawValue) days</a>
                """
        }
        return "<nav aria-label=\"Period\">\(links)</nav>"
    }

    private var charts: HTML {
        guard let answer else { return NoSamples.html }
        let panels = ChartSpec.all.map { ChartPanel($0, login, days, answer).html }
        return "\(tiles(answer))\n<div class=\"panels\">\n\(panels)\n</div>"
    }

    /// The newest numbers.
    private func tiles(_ answer: SeriesAnswer) -> HTML {
        func newest(_ metric: String) -> (day: Day, value: Double)? {
            guard let values = answer[metric].summed(by: []).first?.values,
                let place = values.lastIndex(where: { $0 != nil }), let value = values[place]
            else { return nil }
            return (answer.days.lowerBound.advanced(by: place), value)
        }
        let count = ChartUnit.count("")
        let money = ChartUnit.money(symbol: "$")
        var tiles: [HTML] = []
        if let users = newest("github_copilot_org_daily_active_users") {
            tiles.append(
                "<div><b>\(count.text(users.value))</b>users on <span class=\"when\">\(users.day)</span></div>"
            )
        }
        if let users = newest("github_copilot_org_monthly_active_users") {
            tiles.append("<div><b>\(count.text(users.value))</b>users in 28 days</div>")
        }
        if let spend = newest(ChartSpec.netAmount) {
            tiles.append(
                """
                <div><b>\(money.text(spend.value))</b>net, \
                \(MonthName.of(spend.day)) to the \(MonthName.ordinal(spend.day.dayOfMonth))</div>
                """)
            let values = answer[ChartSpec.netAmount].summed(by: []).first?.values ?? []
            if let forecast = Spend.forecast(values, from: answer.days.lowerBound) {
                tiles.append(
                    """
                    <div><b>\(money.text(forecast.amount))</b>forecast for \
                    \(MonthName.of(spend.day)), a straight line</div>
                    """)
            }
        }
        return tiles.isEmpty ? "" : "<div class=\"tiles\">\(tiles)</div>"
    }

    /// The most complete days that are listed; a day with a problem is always listed.
    private static let listedDayCount = 30

    private var table: HTML {
        let days = organization.days
        guard let newest = days.last?.day else {
            return "<p>The next daily tick collects the first days.</p>"
        }
        let shown = days.filter {
            $0.day.distance(to: newest) < Self.listedDayCount || $0.state == .bad
        }
        let left = days.count - shown.count
        let more: HTML =
            left > 0
            ? "<p class=\"quiet\">and \(left) older days without a problem</p>" : ""
        return """
            <table class="cards"><thead><tr><th scope="col">Day</th><th scope="col">State</th>\
            <th scope="col">Final</th><th scope="col" class="number">Samples</th></tr></thead><tbody>
            \(shown.reversed().map(row))
            </tbody></table>
            \(more)
            """
    }

    private func row(_ day: DaySummary) -> HTML {
        """
        <tr><th scope="row"><a href="/organizations/\(login)/days/\(day.day)">\(day.day)</a></th>\
        <td class="\(day.state.rawValue)">\(day.words)</td>\
        <td data-name="final">\(day.isFinal ? "yes" : "not yet")</td>\
        <td class="number" data-name="samples">\(day.samples.map { ChartUnit.count("").text(Double($0)) } ?? "–")</td></tr>
        """
    }
}

/// What stands where charts would be.
enum NoSamples {
    static let html: HTML = """
        <p>No charts: this program does not know where to read the samples. Set \
        <code>QUERY_URL</code> to the Prometheus HTTP API of your backend, such as \
        <code>http://prometheus:9090</code>, or add <code>file:DIR</code> to \
        <code>METRICS_SINK</code>, beside the other backends, separated by a space.</p>
        """
}

/// Months in words.
enum MonthName {
    private static let names = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    static func of(_ day: Day) -> String { names[max(0, day.month - 1) % 12] }

    /// Such as `18th`.
    static func ordinal(_ number: Int) -> String {
        let ending =
            11...13 ~= number % 100 ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
        return "\(number)\(ending)"
    }
}
