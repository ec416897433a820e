public import HTML

/// Lines over UTC days.
///
/// A day without a value leaves a gap.
public struct LineChart: Sendable {
    /// What the chart shows, for people who do not see it.
    public var title: String
    /// Days since 1970-01-01.
    public var days: ClosedRange<Int>
    /// The unit of all values.
    public var unit: ChartUnit
    /// The lines; those beyond the palette have the last colour.
    public var series: [ChartSeries]

    /// Creates a chart.
    public init(title: String, days: ClosedRange<Int>, unit: ChartUnit, series: [ChartSeries]) {
        self.title = title
        self.days = days
        self.unit = unit
        self.series = series
    }

    /// The chart as an `svg` element.
    public var svg: HTML {
        let frame = PlotFrame(
            title: title, days: days, unit: unit,
            fitting: series.flatMap { $0.values.compactMap(\.self) })
        var marks: [HTML] = []
        var dots: [HTML] = []
        var labels: [PlotFrame.Label] = []
        for (index, line) in series.enumerated() {
            let number = ChartPalette.number(of: index)
            let runs = line.runs
            var path = PlotPath()
            for run in runs where run.count > 1 {
                path.line(
                    from: run.lowerBound * 10 + 5,
                    through: run.compactMap { line.values[$0].map(frame.tenths) })
            }
            if !path.isEmpty {
                marks.append(
                    "<path class=\"line\(line.isForecast ? " ahead" : "") s\(number)\" d=\"\(path.html)\"/>"
                )
            }
            // A day between two gaps has no line.
            let alone = runs.filter { $0.count == 1 }.map(\.lowerBound)
            guard let newest = line.newest else { continue }
            for index in Set(alone + (line.isForecast ? [] : [newest])).sorted() {
                guard let value = line.values[index] else { continue }
                dots.append(
                    """
                    <circle class="dot s\(number)" cx="\(frame.percent(index))%" \
                    cy="\(PlotPath.number(frame.tenths(value)))" r="3"/>
                    """)
            }
            if let value = line.values[newest] {
                labels.append(
                    PlotFrame.Label(
                        text: "\(line.name) \(unit.short(value))", number: number,
                        tenths: frame.tenths(value)))
            }
        }
        return frame.svg(
            marks: marks, dots: dots, labels: labels, titles: series.titles(frame))
    }
}

extension ChartSeries {
    /// The ranges of days without a gap.
    var runs: [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in values.indices where values[index] != nil {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }
}

extension [ChartSeries] {
    /// A text per day with all values; nil for a day without any.
    func titles(_ frame: PlotFrame) -> [String?] {
        frame.days.indices.map { index in
            let values = compactMap { series -> String? in
                guard index < series.values.count, let value = series.values[index] else {
                    return nil
                }
                return "\(series.name) \(frame.unit.text(value))"
            }
            guard !values.isEmpty else { return nil }
            return "\(frame.days[index].named): \(values.joined(separator: ", "))"
        }
    }
}

extension ChartPalette {
    /// The number of a series' colour, from 1.
    static func number(of index: Int) -> Int { Swift.min(index, series.count - 1) + 1 }
}
