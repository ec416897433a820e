import Charts
import HTML
import Testing

@Suite("Numbers of charts")
struct NumberTests {
    @Test(
        "are written in full in titles and tables",
        arguments: [
            (ChartUnit.count("users"), 0, "0"), (.count("users"), 1_204, "1,204"),
            (.count("users"), 1_234_567, "1,234,567"), (.count("users"), -0.001, "0"),
            (.average("lines"), 2.5, "2.5"), (.average("lines"), 2.456, "2.46"),
            (.money(symbol: "$"), 12.5, "$12.50"), (.money(symbol: "$"), -1_000, "−$1,000.00"),
            (.money(symbol: "$"), 0.005, "$0.01"), (.share, 0.2567, "25.7 %"), (.share, 1, "100 %"),
            (.minutes, 59, "59 min"), (.minutes, 150, "2.5 h"), (.minutes, 4_320, "3 days"),
            (.count("x"), 1e300, "1e+300"), (.count("x"), .nan, "nan"),
        ])
    func full(unit: ChartUnit, value: Double, text: String) {
        #expect(unit.text(value) == text)
    }

    @Test(
        "are short beside marks",
        arguments: [
            (0, "0"), (0.25, "0.25"), (12.34, "12.3"), (999, "999"), (999.6, "1k"),
            (1_250, "1.3k"), (35_000_000, "35M"), (-1_500, "−1.5k"),
        ])
    func short(value: Double, text: String) {
        #expect(ChartNumber.short(value) == text)
    }

    @Test(
        "are round at the axis",
        arguments: [
            ([21.0], ChartUnit.count("x"), ["0", "10", "20", "30"]),
            ([1], .count("x"), ["0", "1"]), ([0], .count("x"), ["0", "1"]),
            ([0.31], .share, ["0%", "10%", "20%", "30%", "40%"]),
            ([3, -2], .money(symbol: "$"), ["−$2", "$0", "$2", "$4"]),
            ([7_000], .minutes, ["0 d", "2 d", "4 d", "6 d"]),
            ([0.004], .average("x"), ["0", "0", "0", "0", "0"]),
            ([1_900], .count("x"), ["0", "500", "1k", "1.5k", "2k"]),
        ])
    func axis(values: [Double], unit: ChartUnit, ticks: [String]) {
        let chart = LineChart(
            title: "", days: 0...0, unit: unit,
            series: values.map { ChartSeries("", [$0]) }
        ).svg.markup
        #expect(
            chart.matches(of: /<text class="y"[^>]*>([^<]*)</).map { String($0.1) } == ticks)
    }
}
