import Charts
import HTML
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Each chart as it is kept in the folder of golden files.
///
/// After a change that is meant, run with `UPDATE_GOLDEN=1`, and look at the page that it writes to
/// the folder that `GALLERY` names.
@Suite("Charts look as they did")
struct GoldenTests {
    /// Wednesday, 1 April 2026.
    static let first = 20_544
    static let days = first...(first + 29)

    /// Four weeks of office work with two days missing, and one day alone between gaps.
    static let people: [Double?] = days.map { number -> Double? in
        let day = number - first
        if [9, 10, 12].contains(day) { return nil }
        return [3, 4].contains(day % 7) ? Double(2 + day % 3) : Double(18 + day * 7 % 11)
    }

    /// A value per day.
    static func values(_ count: Int, _ value: (Int) -> Double?) -> [Double?] {
        (0..<count).map(value)
    }

    static let names = [
        "completion", "chat", "agent", "a very long name of a feature", "<edit>", "review", "other",
    ]

    static let charts: [(String, HTML)] = [
        (
            "sheet",
            ChartSheet(
                title: "Copilot / Overview", note: "Invented data of acme.", days: days,
                panels: [
                    ChartSheet.Panel(
                        title: "How many people use Copilot?",
                        content: .numbers(
                            .count("people"),
                            [ChartSeries("acme", people), ChartSeries("hooli", [nil])])),
                    ChartSheet.Panel(
                        title: "What does it cost?", content: .numbers(.money(symbol: "$"), [])),
                    ChartSheet.Panel(
                        title: "Where is it used?",
                        content: .lines(.count("people"), [ChartSeries("acme", people)])),
                    ChartSheet.Panel(
                        title: "How much is added?",
                        content: .bars(.count("lines"), [ChartSeries("acme", people)])),
                ]
            ).svg
        ),
        (
            "lines",
            LineChart(
                title: "How many people use Copilot?", days: days, unit: .count("people"),
                series: [
                    ChartSeries("day", people),
                    ChartSeries("week", people.map { $0.map { $0 + 20 } }),
                    ChartSeries("28 days", people.map { _ in 61 }),
                ]
            ).svg
        ),
        (
            "forecast",
            LineChart(
                title: "Where does the month end?", days: days, unit: .money(symbol: "$"),
                series: [
                    ChartSeries("so far", values(30) { $0 < 18 ? Double($0 + 1) * 41.5 : nil }),
                    ChartSeries(
                        "forecast", values(30) { $0 < 17 ? nil : Double($0 + 1) * 41.5 },
                        isForecast: true),
                ]
            ).svg
        ),
        (
            "bars",
            StackedBarChart(
                title: "Which features?", days: days, unit: .count("prompts"),
                series: names.enumerated().map { part, name in
                    ChartSeries(name, people.map { $0.map { $0 * Double(8 - part) } })
                }
            ).svg
        ),
        (
            "credits",
            StackedBarChart(
                title: "What did a day cost?", days: days, unit: .money(symbol: "$"),
                series: [
                    ChartSeries("seats", people),
                    ChartSeries("credit", values(30) { $0 == 20 ? -14.5 : nil }),
                ]
            ).svg
        ),
        (
            "minutes",
            LineChart(
                title: "How long until a merge?", days: first...(first + 364), unit: .minutes,
                series: [ChartSeries("median", values(365) { Double(300 + $0 * 37 % 900) })]
            ).svg
        ),
        (
            "share",
            LineChart(
                title: "Acceptance", days: first...(first + 89), unit: .share,
                series: [ChartSeries("all", values(90) { 0.22 + Double($0 % 7) / 50 })]
            ).svg
        ),
        (
            "empty",
            LineChart(title: "Nothing", days: days, unit: .count("people"), series: []).svg
        ),
        ("spark", Sparkline(people, title: "People per day").svg),
        ("spark-zero", Sparkline([0, 0, nil, 0], title: "Nobody").svg),
        (
            "heat",
            HeatStrip(
                title: "acme", firstDay: first,
                cells: (0..<30).map { day in
                    switch day {
                    case ..<2: HeatStrip.Cell(.none, title: "not collected")
                    case 12, 13: HeatStrip.Cell(.bad, title: "policy \"off\"", address: "/a?b&c")
                    case 29: HeatStrip.Cell(.open, title: "not ready")
                    default: HeatStrip.Cell(.good, title: "complete")
                    }
                }
            ).svg
        ),
        ("months", HeatMonths(first...(first + 89)).svg),
    ]

    @Test("draws each chart as before", arguments: charts.map(\.0))
    func golden(name: String) throws {
        let chart = try #require(Self.charts.first { $0.0 == name }).1.markup + "\n"
        let path = "Tests/ChartsTests/Golden/\(name).svg"
        let environment = ProcessInfo.processInfo.environment
        if environment["UPDATE_GOLDEN"] != nil {
            try Data(chart.utf8).write(to: URL(filePath: "\(Repository.root)/\(path)"))
        }
        if let folder = environment["GALLERY"] {
            try Data(Self.page.markup.utf8).write(to: URL(filePath: "\(folder)/charts.html"))
        }
        let kept = String(decoding: try Repository.bytes(path), as: UTF8.self)
        #expect(chart == kept, "\(path) differs")
    }

    private static var page: HTML {
        HTML.document(
            title: "Charts",
            style: """
                body{background:var(--chart-page);color:var(--chart-text);margin:1rem;\
                font:15px system-ui,sans-serif}
                \(ChartStyle.css)
                """,
            body: HTML(
                joined: charts.map { name, chart in
                    "<h2>\(name)</h2><div style=\"max-width:40rem\">\(chart)</div>"
                }))
    }

    @Test("escapes every text from outside")
    func escapes() {
        let evil = "<script>\"'&"
        let day = [Optional(1.0)]
        for chart in [
            LineChart(
                title: evil, days: 1...1, unit: .count(evil), series: [ChartSeries(evil, day)]
            )
            .svg,
            StackedBarChart(
                title: evil, days: 1...1, unit: .money(symbol: evil),
                series: [ChartSeries(evil, day)]
            ).svg,
            Sparkline(day, title: evil).svg,
            ChartSheet(
                title: evil, note: evil, days: 1...1,
                panels: [
                    ChartSheet.Panel(
                        title: evil, content: .numbers(.count(evil), [ChartSeries(evil, day)]))
                ]
            ).svg,
            HeatStrip(
                title: evil, firstDay: 1,
                cells: [HeatStrip.Cell(.bad, title: evil, address: evil)]
            ).svg,
        ] {
            #expect(!chart.markup.contains("<script"))
            #expect(!chart.markup.contains(evil))
            #expect(chart.markup.contains("&lt;script&gt;&quot;&#39;&amp;"))
        }
    }

    @Test("leaves a gap where nothing was reported, and draws a day that stands alone")
    func gaps() {
        let chart = LineChart(
            title: "", days: 0...4, unit: .count("x"),
            series: [ChartSeries("a", [1, 1, nil, 1, nil])]
        ).svg.markup
        #expect(chart.matches(of: /<path class="line s1" d="M\.5 [^M"]*"/).count == 1)
        #expect(chart.matches(of: /<circle/).count == 1)
        #expect(chart.matches(of: /<title>/).count == 3)
    }
}
