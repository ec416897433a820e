public import HTML

/// Several charts on one sheet: a picture of a dashboard, as an SVG file of its own.
///
/// It has its own page colour, in light and in dark, because a reader of a README does not have to
/// have the colours of the page that shows it.
public struct ChartSheet: Sendable {
    /// One part of the sheet.
    public struct Panel: Sendable {
        /// What a panel shows.
        public enum Content: Sendable {
            /// The newest number of each series, beside its name.
            case numbers(ChartUnit, [ChartSeries])
            /// Lines over the days.
            case lines(ChartUnit, [ChartSeries])
            /// Stacked bars over the days.
            case bars(ChartUnit, [ChartSeries])
        }

        /// The question that the panel answers.
        public var title: String
        /// What it shows.
        public var content: Content

        /// Creates a panel.
        public init(title: String, content: Content) {
            self.title = title
            self.content = content
        }

        fileprivate var isSmall: Bool { if case .numbers = content { true } else { false } }
    }

    /// The title above all panels.
    public var title: String
    /// A sentence below the title.
    public var note: String
    /// Days since 1970-01-01.
    public var days: ClosedRange<Int>
    /// The panels in the order of the sheet: numbers side by side, charts in pairs.
    public var panels: [Panel]

    /// Creates a sheet.
    public init(title: String, note: String, days: ClosedRange<Int>, panels: [Panel]) {
        self.title = title
        self.note = note
        self.days = days
        self.panels = panels
    }

    private static let width = 1_180
    private static let margin = 24
    private static let gap = 16
    private static let headHeight = 84
    private static let numbersHeight = 92
    private static let chartHeight = 254

    /// The sheet as an `svg` element with its style sheet.
    public var svg: HTML {
        var top = Self.headHeight
        var pieces: [HTML] = []
        for line in lines {
            let isSmall = line[0].isSmall
            let count = isSmall ? max(line.count, 2) : 2
            let width =
                (Self.width - 2 * Self.margin - (count - 1) * Self.gap) / count
            let height = isSmall ? Self.numbersHeight : Self.chartHeight
            for (index, panel) in line.enumerated() {
                let left = Self.margin + index * (width + Self.gap)
                pieces.append(
                    """
                    <svg x="\(left)" y="\(top)" width="\(width)" height="\(height)">\
                    <rect class="frame" x=".5" y=".5" width="\(width - 1)" height="\(height - 1)" \
                    rx="6"/>\(content(of: panel, width))</svg>
                    """)
            }
            top += height + Self.gap
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(top + 8)" \
            width="\(Self.width)" height="\(top + 8)" role="img" aria-label="\(title)">
            <style>\(ChartStyle.css)
            \(Self.rules)</style>
            <rect class="page" width="100%" height="100%"/>
            <text class="head" x="\(Self.margin)" y="42">\(title)</text>
            <text class="note" x="\(Self.margin)" y="66">\(note)</text>
            \(pieces)
            </svg>
            """
    }

    /// The sheet as the text of a file.
    public var text: String { svg.markup }

    /// The panels in lines: up to four with numbers, or up to two charts.
    private var lines: [[Panel]] {
        var lines: [[Panel]] = []
        for panel in panels {
            let most = panel.isSmall ? 4 : 2
            if let last = lines.last, last[0].isSmall == panel.isSmall, last.count < most {
                lines[lines.count - 1].append(panel)
            } else {
                lines.append([panel])
            }
        }
        return lines
    }

    private func content(of panel: Panel, _ width: Int) -> HTML {
        let kind: HTML = panel.isSmall ? "question small" : "question"
        let title: HTML = "<text class=\"\(kind)\" x=\"16\" y=\"27\">\(panel.title)</text>"
        switch panel.content {
        case .numbers(let unit, let series):
            return "\(title)\(numbers(unit, series, width))"
        case .lines(let unit, let series):
            let chart = LineChart(title: panel.title, days: days, unit: unit, series: series)
            return "\(title)\(placed(chart.svg, width))"
        case .bars(let unit, let series):
            let chart = StackedBarChart(title: panel.title, days: days, unit: unit, series: series)
            return "\(title)\(placed(chart.svg, width))"
        }
    }

    /// A chart with room for the values at its left and the labels at its right.
    ///
    /// On a page the style sheet makes that room with a padding, which SVG does not have.
    private func placed(_ chart: HTML, _ width: Int) -> HTML {
        "<svg class=\"chart\" x=\"56\" y=\"52\" width=\"\(width - 56 - 136)\" height=\"202\">\(chart)</svg>"
    }

    private func numbers(_ unit: ChartUnit, _ series: [ChartSeries], _ width: Int) -> HTML {
        let shown = series.filter { $0.newest != nil }
        guard !shown.isEmpty else {
            return "<text class=\"note\" x=\"16\" y=\"64\">not reported</text>"
        }
        let step = (width - 32) / max(shown.count, 1)
        return HTML.run(
            shown.enumerated().map { index, one -> HTML in
                let value = one.newest.flatMap { one.values[$0] } ?? 0
                return """
                    <text class="number" x="\(16 + index * step)" y="58">\(unit.text(value))</text>\
                    <text class="note" x="\(16 + index * step)" y="78">\(one.name)</text>
                    """
            })
    }

    private static let rules: HTML = """
        text{font-family:system-ui,-apple-system,'Segoe UI',sans-serif}
        svg .chart{width:auto;padding:0}
        .page{fill:var(--chart-page)}
        .frame{fill:none;stroke:var(--chart-grid)}
        .head{font-size:22px;font-weight:700;fill:var(--chart-text)}
        .question{font-size:14px;font-weight:600;fill:var(--chart-text)}
        .small{font-size:12px}
        .number{font-size:19px;font-weight:700;fill:var(--chart-text)}
        .note{font-size:13px;fill:var(--chart-quiet)}
        """
}
