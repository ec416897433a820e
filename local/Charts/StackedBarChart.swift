public import HTML

/// Bars over UTC days, one part per series, the first at the bottom.
///
/// A day without a value has no bar.
public struct StackedBarChart: Sendable {
    /// What the chart shows, for people who do not see it.
    public var title: String
    /// Days since 1970-01-01.
    public var days: ClosedRange<Int>
    /// The unit of all values.
    public var unit: ChartUnit
    /// The parts of a bar; those beyond the palette have the last colour.
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
        // Negative parts, such as a correction of a bill, are stacked below zero.
        var up = [Double](repeating: 0, count: days.count)
        var down = up
        var parts: [[(day: Int, from: Double, to: Double)]] = []
        for line in series {
            var boxes: [(day: Int, from: Double, to: Double)] = []
            for (day, value) in line.values.enumerated() {
                guard let value, value != 0 else { continue }
                if value > 0 {
                    boxes.append((day, up[day], up[day] + value))
                    up[day] += value
                } else {
                    boxes.append((day, down[day], down[day] + value))
                    down[day] += value
                }
            }
            parts.append(boxes)
        }
        let frame = PlotFrame(title: title, days: days, unit: unit, fitting: up + down)
        // In a long period a title per day would be longer than all the rest.
        let isLong = days.count > Self.titledDayCountMax
        let marks = parts.enumerated().compactMap { index, boxes -> HTML? in
            guard !boxes.isEmpty else { return nil }
            var path = PlotPath()
            for box in boxes {
                path.bar(
                    x: box.day * 10 + 5, from: pixel(max(box.from, box.to), frame),
                    to: pixel(min(box.from, box.to), frame))
            }
            let title: HTML = isLong ? "<title>\(summary(series[index], frame))</title>" : ""
            let number = ChartPalette.number(of: index)
            return "<path class=\"bar s\(number)\" d=\"\(path.html)\">\(title)</path>"
        }
        return frame.svg(
            marks: marks, dots: [], labels: labels(parts, frame),
            titles: isLong ? [] : series.titles(frame))
    }

    /// The most days that have a title each.
    private static let titledDayCountMax = 45

    /// A whole pixel, in tenths: neighbours then meet without a seam.
    private func pixel(_ value: Double, _ frame: PlotFrame) -> Int {
        (frame.tenths(value) + 5) / 10 * 10
    }

    /// A series in one sentence.
    private func summary(_ series: ChartSeries, _ frame: PlotFrame) -> String {
        let known = series.values.enumerated().compactMap { day, value in value.map { (day, $0) } }
        guard let most = known.max(by: { $0.1 < $1.1 }) else { return series.name }
        return "\(series.name): up to \(unit.text(most.1)), on \(frame.days[most.0].named)"
    }

    /// A label beside each part of the newest bar that has the series.
    private func labels(
        _ parts: [[(day: Int, from: Double, to: Double)]], _ frame: PlotFrame
    ) -> [PlotFrame.Label] {
        zip(series.indices, parts).compactMap { index, boxes in
            guard let box = boxes.last else { return nil }
            return PlotFrame.Label(
                text: series[index].name, number: ChartPalette.number(of: index),
                tenths: (frame.tenths(box.from) + frame.tenths(box.to)) / 2)
        }
    }
}
