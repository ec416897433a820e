import Charts
import Domain
import HTML
import SampleIndex
import Toolbox

/// The first page: is everything there, and if not, what to do; then how Copilot is used, and
/// what it costs.
struct OverviewPage {
    /// All that the page shows.
    struct Content {
        var now: Timestamp
        /// The time of the next daily tick; nil if none is scheduled here.
        var nextTick: Timestamp?
        var organizations: [OrganizationDays]
        /// Who has connected.
        var integrations: [Integration]
        var problems: [ConsoleProblem]
        var filter: OverviewFilter
        /// The newest day that is shown.
        var newest: Day
        /// The organizations of this page, each with its samples.
        var rows: [OrganizationRow]
        /// How many organizations match the filter.
        var matchCount: Int
        var hasSamples: Bool
        /// How to let the page read itself again, or stop it.
        var refresh: HTML
        var forms: ActionForms
    }

    let content: Content

    var html: HTML {
        """
        <h1>\(Headline(content).text)</h1>
        <p class="quiet">As of \(content.now.words). \(schedule) \(content.refresh)</p>
        \(content.isConnected ? actions : "")
        \(ProblemsSection.html(content.problems, content.forms))
        \(content.organizations.isEmpty ? "" : organizations)
        \(content.isConnected ? connections : "")
        """
    }

    private var actions: HTML {
        guard content.forms.isActive else { return "" }
        return """
            <div class="acts">\(content.forms.button("Tick now", .tick))\
            <a href="/collect">Collect a range of days</a></div>
            """
    }

    private var connections: HTML {
        let rows = content.integrations.map { integration -> HTML in
            // The integration lists no more than some hundreds of them.
            let count = max(
                integration.organizations.count,
                content.organizations.count { $0.integration == integration.id })
            return """
                <tr><th scope="row"><a href="/integrations/\(integration.id)">\(integration.name)</a></th>\
                <td data-name="person">\(integration.user.login)\
                </td><td data-name="authorized">\(integration.authorizedAt.words)</td>\
                <td data-name="organizations" class="number">\(count)</td></tr>
                """
        }
        // Without a schedule, this program does not lead to GitHub either.
        let another: HTML =
            content.nextTick == nil
            ? "" : "<p><a href=\"/authorize\">Connect another account</a></p>"
        return """
            <h2>Connected</h2>
            <table class="cards"><thead><tr><th scope="col">Name</th><th scope="col">Person</th>\
            <th scope="col">Authorized</th><th scope="col" class="number">Organizations</th></tr>\
            </thead><tbody>\(rows)</tbody></table>\(another)
            """
    }

    private var schedule: HTML {
        guard let next = content.nextTick else {
            return "No daily tick is scheduled by this program: it shows what is stored."
        }
        return "The next daily tick is at \(next.words)."
    }

    private var organizations: HTML {
        """
        <h2>Use and spend</h2>
        \(content.hasSamples ? "" : NoSamples.html)
        \(form)
        \(key)
        <table class="organizations">
        <thead><tr><th scope="col" class="who">Organization, newest day</th>\
        <th scope="col" class="grid">\(months)</th><th scope="col" class="use">Active users</th>\
        <th scope="col" class="number cost">Net spend</th></tr></thead>
        <tbody>
        \(content.rows.map(\.html))
        </tbody></table>
        \(content.matchCount == 0 ? "<p>No organization matches.</p>" : total)
        \(pages)
        """
    }

    private var months: HTML {
        """
        <span class="quiet">Days</span> \
        \(HeatMonths(content.newest.number - content.filter.days.rawValue + 1...content.newest.number).svg)
        """
    }

    /// Bills add up; active users do not, because one person can be in several organizations.
    private var total: HTML {
        let spends = content.rows.compactMap(\.spend)
        guard spends.count > 1, let newest = spends.map(\.day).max() else { return "" }
        let month = spends.filter { $0.day.month == newest.month && $0.day.year == newest.year }
        let sum = month.reduce(0) { $0 + $1.amount }
        return """
            <p class="quiet">The \(month.count.grouped) bills of \(MonthName.of(newest)) on this page are \
            \(ChartUnit.money(symbol: "$").text(sum)) net so far. Active users are not added up: \
            one person can be in several organizations.</p>
            """
    }

    private var form: HTML {
        let filter = content.filter
        func option(_ value: String, _ name: String, _ isChosen: Bool) -> HTML {
            "<option value=\"\(value)\"\(isChosen ? " selected" as HTML : "")>\(name)</option>"
        }
        let days = ShownDays.allCases.map {
            option("\($0.rawValue)", "\($0.rawValue) days", $0 == filter.days)
        }
        return """
            <form class="filter" method="get" action="/">\
            <label>Organization<input type="search" name="q" value="\(filter.search)" \
            placeholder="part of its name"></label>\
            <label>Show<select name="show">\(option("all", "all", !filter.onlyProblems))\
            \(option("problems", "with problems", filter.onlyProblems))</select></label>\
            <label>Period<select name="days">\(HTML.list(days))</select></label>\
            <button>Show</button></form>
            """
    }

    private var key: HTML {
        let states: [(HeatStrip.State, String)] = [
            (.good, "complete"), (.open, "waiting for GitHub"), (.bad, "needs a person"),
            (.none, "nothing read"),
        ]
        let items = states.map { state, name -> HTML in
            let cells = [HeatStrip.Cell](repeating: HeatStrip.Cell(state, title: name), count: 2)
            return "<span>\(HeatStrip(title: name, firstDay: 0, cells: cells).keySVG)\(name)</span>"
        }
        return "<p class=\"key\">\(HTML.list(items))</p>"
    }

    private var pages: HTML {
        let filter = content.filter
        let count = (content.matchCount + OverviewFilter.pageCount - 1) / OverviewFilter.pageCount
        return PageLinks.html(
            filter.page, of: count, "\(content.matchCount) organizations",
            label: "Pages of organizations", address: filter.address(page:))
    }
}

extension OverviewPage.Content {
    /// Whether anybody has connected.
    var isConnected: Bool { !integrations.isEmpty }
}

/// The answer to the first question, whether everything is there.
struct Headline {
    let text: String

    init(_ content: OverviewPage.Content) {
        let all = content.organizations
        let troubled = all.count(where: \.needsPerson)
        let collected = all.filter { !$0.days.isEmpty }
        if !content.isConnected {
            text = "Nobody has connected GitHub yet."
        } else if all.isEmpty {
            text = "GitHub is connected, and the App is not installed on any organization yet."
        } else if collected.isEmpty {
            text = "Connected. Nothing has been collected yet."
        } else if troubled > 0 {
            text =
                troubled == 1
                ? "1 of \(Self.organizations(all.count)) needs you."
                : "\(troubled.grouped) of \(Self.organizations(all.count)) need you."
        } else if content.problems.contains(where: { !$0.isMild }) {
            text = "Something needs you."
        } else if let through = Self.through(all) {
            text =
                all.count == 1
                ? "\(all[0].organization) is complete through \(through)."
                : "All \(all.count.grouped) organizations are complete through \(through)."
        } else {
            let waiting = all.count { $0.days.last?.state != .good }
            text =
                "Nothing needs you. \(waiting.grouped) of \(Self.organizations(all.count))"
                + (waiting == 1 ? " waits" : " wait") + " for GitHub."
        }
    }

    private static func organizations(_ count: Int) -> String {
        count == 1 ? "1 organization" : "\(count.grouped) organizations"
    }

    /// The newest day that is complete everywhere; nil if an organization has none.
    private static func through(_ all: [OrganizationDays]) -> Day? {
        let newest = all.map { item in item.days.last { $0.state == .good }?.day }
        guard !newest.contains(nil), let day = newest.compactMap(\.self).min() else { return nil }
        // An organization that still waits for a source is not hidden behind an old day.
        let isFresh = all.allSatisfy { ($0.days.last?.day.number ?? 0) - day.number <= 3 }
        return isFresh ? day : nil
    }
}

extension Timestamp {
    /// Such as `2026-04-18, 06:00 UTC`.
    var words: String {
        let text = description
        return "\(text.prefix(10)), \(text.dropFirst(11).prefix(5)) UTC"
    }
}
