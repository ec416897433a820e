public import HTML

/// A small line without axes, beside a name in a table.
public struct Sparkline: Sendable {
    private static let height = 28

    /// A value per day; nil leaves a gap.
    public var values: [Double?]
    /// What the line shows, in one sentence with its numbers.
    public var title: String

    /// Creates a line.
    public init(_ values: [Double?], title: String) {
        self.values = values
        self.title = title
    }

    /// The line as an `svg` element.
    public var svg: HTML {
        let series = ChartSeries("", values)
        let high = values.compactMap(\.self).max() ?? 0
        let height = Double(Self.height - 2) * 10
        var path = PlotPath()
        for run in series.runs {
            let ys = run.compactMap { values[$0] }.map { value in
                high > 0
                    ? 10 + Int(((1 - max(0, value) / high) * height).rounded())
                    : Self.height * 10 - 10
            }
            // A single day is drawn as a line as wide as the day.
            if ys.count == 1 {
                path.line(from: run.lowerBound * 10, through: [ys[0], ys[0]])
            } else {
                path.line(from: run.lowerBound * 10 + 5, through: ys)
            }
        }
        return """
            <svg class="spark s1" role="img" aria-label="\(title)" height="\(Self.height)" \
            viewBox="0 0 \(max(values.count, 1)) \(Self.height)" preserveAspectRatio="none">\
            <title>\(title)</title><path d="\(path.html)"/></svg>
            """
    }
}
