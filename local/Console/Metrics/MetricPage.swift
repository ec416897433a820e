import Charts
import Domain
import HTML
import SampleIndex
import Toolbox

/// One metric: what it means, what it may be summed over, its series, and PromQL to copy.
struct MetricPage {
    let metric: Metric
    let organizations: [OrganizationLogin]
    let organization: OrganizationLogin?
    /// The label to tell series apart by; nil for all labels.
    let label: String?
    let days: ShownDays
    /// The samples; nil if there is nowhere to read them.
    let answer: SeriesAnswer?

    var html: HTML {
        """
        <h1>\(Self.breakable(metric.name))</h1>
        <p class="answer">\(metric.help)</p>
        <dl>
        <dt class="quiet">Unit</dt><dd>\(metric.unit.rawValue)</dd>
        <dt class="quiet">Labels</dt><dd>\(labels.joined(separator: ", "))</dd>
        <dt class="quiet">May be summed over</dt><dd>\(sums)</dd>
        <dt class="quiet">Source</dt><dd>\(metric.source.words), field <code>\(metric.path)</code></dd>
        </dl>
        <pre>\(promQL)</pre>
        \(form)
        \(chart)
        <h2>All metrics</h2>
        <ul class="names">
        \(Catalogue.metrics.map { Self.link($0.name) })
        </ul>
        """
    }

    private static func link(_ name: String) -> HTML {
        "<li><a href=\"/metrics/\(name)\">\(breakable(name))</a></li>"
    }

    /// A name that breaks between its words.
    private static func breakable(_ name: String) -> HTML {
        HTML.list(name.split(separator: "_").map { "\($0)" as HTML }, "_<wbr>")
    }

    private var isOfUsers: Bool { metric.isOfUsers }

    private var labels: [String] {
        ["organization"] + metric.labels.map(\.description)
            + (isOfUsers ? ["user_email", "user_id", "user_login", "user_name"] : [])
    }

    private var sums: String {
        let names = [
            metric.sums.contains(.days) ? "days" : nil,
            metric.sums.contains(.users) ? "users" : nil,
            metric.sums.contains(.teams) ? "teams" : nil,
        ].compactMap(\.self)
        return names.isEmpty
            ? "nothing: compare single values, or use the newest" : names.joined(separator: ", ")
    }

    private var promQL: String {
        let selector = organization.map { "organization=\"\($0)\"" } ?? ""
        let plain = "last_over_time(\(metric.name){\(selector)}[1d])"
        return label.map { "sum by (\($0)) (\(plain))" } ?? plain
    }

    private var form: HTML {
        func options(_ values: [String], _ chosen: String?) -> HTML {
            HTML.list(
                values.map { value in
                    "<option\(value == chosen ? " selected" as HTML : "")>\(value)</option>"
                })
        }
        let names = organizations.map(\.description)
        let by: HTML =
            metric.labels.count < 2
            ? ""
            : """
            <label>By<select name="by"><option value="">all labels</option>\
            \(options(metric.labels.map(\.description), label))</select></label>
            """
        let days = ShownDays.allCases.map { range -> HTML in
            let chosen: HTML = range == self.days ? " selected" : ""
            return "<option value=\"\(range.rawValue)\"\(chosen)>\(range.rawValue) days</option>"
        }
        return """
            <form class="filter" method="get" action="/metrics/\(metric.name)">\
            <label>Organization<select name="organization">\
            \(options(names, organization?.description))</select></label>\(by)\
            <label>Period<select name="days">\(HTML.list(days))</select></label>\
            <button>Show</button></form>
            """
    }

    private var chart: HTML {
        guard !isOfUsers else {
            let people: HTML =
                organization.map { login in
                    "<a href=\"/organizations/\(login)#people\">Who uses it in \(login)?</a>"
                } ?? ""
            return """
                <p class="quiet">This metric has a series per user. The page of an organization has \
                sums for each person; ask your backend for the series.</p>
                <p>\(people)</p>
                """
        }
        guard let answer else { return NoSamples.html }
        let found = label.map { answer[metric.name].summed(by: [$0]) } ?? answer[metric.name]
        guard !found.isEmpty else {
            return "<p class=\"quiet\">Nothing was reported in these days.</p>"
        }
        let series = found.map { ChartSeries($0.words, $0.values) }.sorted(by: ChartSpec.isLarger)
        let shown = Array(series.prefix(ChartPalette.countMax + 1))
        let more: HTML =
            series.count > shown.count
            ? "<p class=\"quiet\">The \(shown.count) largest of \(series.count.grouped) series.</p>"
            : ""
        return """
            \(LineChart(
                title: metric.help, days: answer.days.lowerBound.number...answer.days.upperBound.number,
                unit: metric.chartUnit, series: shown).svg)
            \(Self.names(shown))
            \(more)
            """
    }

    /// The series in full, because a label beside a chart is short.
    private static func names(_ series: [ChartSeries]) -> HTML {
        guard series.count > 1 else { return "" }
        let items = zip(series, ChartPalette.series).map { one, tone -> HTML in
            "<span><b class=\"s\(tone.name)\">■</b> \(one.name)</span>"
        }
        return "<p class=\"key\">\(HTML.list(items))</p>"
    }
}

extension Metric {
    /// Whether there is a series per user.
    var isOfUsers: Bool { name.hasPrefix("github_copilot_user_") }

    /// How the values are written.
    var chartUnit: ChartUnit {
        switch unit {
        case .currency, .currencyPerUnit: .money(symbol: "$")
        case .minutes: .minutes
        case .linesPerUser, .activitiesPerUser, .interactionsPerUser, .tokensPerRequest, .quantity:
            .average(unit.rawValue)
        default: .count(unit.rawValue)
        }
    }

    /// Whether different series of the metric may be added up.
    var isAdditive: Bool {
        switch unit {
        case .currencyPerUnit, .tokensPerRequest, .linesPerUser, .activitiesPerUser,
            .interactionsPerUser, .minutes, .users, .membership:
            false
        default: true
        }
    }
}

extension SampleSeries {
    /// The labels' values, as a name.
    var words: String {
        labels.isEmpty
            ? "value" : labels.sorted { $0.key < $1.key }.map(\.value).joined(separator: ", ")
    }
}
