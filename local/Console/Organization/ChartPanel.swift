import Charts
import Domain
import HTML
import SampleIndex
import Toolbox

/// A chart with everything around it: question, unit, note, table, CSV and PromQL.
struct ChartPanel {
    /// The most series with a mark of their own; the rest is added up.
    private static let seriesCountMax = ChartPalette.countMax

    let spec: ChartSpec
    let organization: OrganizationLogin
    let days: ShownDays
    let answer: SeriesAnswer
    /// All series, as the table has them.
    let series: [ChartSeries]

    init(
        _ spec: ChartSpec, _ organization: OrganizationLogin, _ days: ShownDays,
        _ answer: SeriesAnswer
    ) {
        self.spec = spec
        self.organization = organization
        self.days = days
        self.answer = answer
        series = spec.series(answer)
    }

    private var address: String { "/organizations/\(organization)/charts/\(spec.slug)" }
    private var query: String { "?days=\(days.rawValue)" }

    /// The panel on an organization's page.
    var html: HTML {
        """
        <section class="panel" aria-label="\(spec.question)"><h3>\(spec.question)</h3>\
        <p>\(spec.unit.name.sentence) \(spec.note)</p>
        \(chart)
        <div class="links"><a href="\(address)\(query)">Table</a>\
        <a href="\(address).csv\(query)" download>CSV</a>\
        <a href="/metrics/\(spec.metrics[0])?organization=\(organization)">Metric</a>\
        \(promQL)</div></section>
        """
    }

    /// The chart's own page: the chart and its numbers.
    var page: HTML {
        """
        <p><a href="/organizations/\(organization)\(query)">\(organization)</a></p>
        <h1>\(spec.question)</h1>
        <p class="quiet">\(spec.unit.name.sentence) \(spec.note)</p>
        \(chart)
        \(promQL)
        <h2>The numbers</h2>
        <p><a href="\(address).csv\(query)" download>Download as CSV</a></p>
        \(table)
        """
    }

    private var promQL: HTML {
        "<details><summary>PromQL</summary><pre>\(spec.promQL(organization))</pre></details>"
    }

    /// The chart, or why there is none.
    var chart: HTML {
        guard series.contains(where: { $0.newest != nil }) else {
            return "<p class=\"quiet\">Nothing was reported in these days.</p>"
        }
        // A forecast reaches beyond the newest day.
        let count = series.map(\.values.count).max() ?? 1
        let first = answer.days.lowerBound.number
        let shown = first...(first + max(count, answer.days.count) - 1)
        switch spec.form {
        case .lines:
            return LineChart(title: spec.question, days: shown, unit: spec.unit, series: series).svg
        case .bars:
            return StackedBarChart(
                title: spec.question, days: shown, unit: spec.unit, series: largest
            ).svg
        }
    }

    /// The largest series, and the sum of all others.
    private var largest: [ChartSeries] {
        guard series.count > Self.seriesCountMax + 1 else { return series }
        let others = series[Self.seriesCountMax...]
        let sums = (0..<answer.days.count).map { day -> Double? in
            let values = others.compactMap { $0.values[day] }
            return values.isEmpty ? nil : values.reduce(0, +)
        }
        return series.prefix(Self.seriesCountMax)
            + [ChartSeries("\(others.count) others", sums)]
    }

    /// The days of the table, the newest first.
    private var rows: [(day: Day, values: [Double?])] {
        let count = max(answer.days.count, series.map(\.values.count).max() ?? 0)
        return (0..<count).reversed().map { place in
            (
                answer.days.lowerBound.advanced(by: place),
                series.map { place < $0.values.count ? $0.values[place] : nil }
            )
        }
    }

    private var table: HTML {
        let heads = series.map { "<th scope=\"col\" class=\"number\">\($0.name)</th>" as HTML }
        let rows = rows.map { row -> HTML in
            let cells = row.values.map { value -> HTML in
                "<td class=\"number\">\(value.map(spec.unit.text) ?? "–")</td>"
            }
            return "<tr><th scope=\"row\">\(row.day)</th>\(HTML.list(cells))</tr>"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="The numbers">\
            <table class="numbers">
            <thead><tr><th scope="col">Day</th>\(HTML.list(heads))</tr></thead>
            <tbody>
            \(rows)
            </tbody></table></div>
            """
    }

    /// The numbers as CSV, the oldest day first.
    var csv: String {
        CSV.text(
            ["day"] + series.map(\.name),
            rows.reversed().map { row in
                ["\(row.day)"] + row.values.map { $0.map(CSV.number) ?? "" }
            })
    }
}

extension ChartSeries {
    /// The index of the newest value.
    var newest: Int? { values.lastIndex { $0 != nil } }
}
