import HTML

/// What line and bar charts share: axes, weekends, labels beside the newest values, and a title per
/// day.
///
/// Marks are in an inner `svg` that stretches with the page, one unit wide per day; text is outside
/// of it and does not stretch. So one chart is right on a screen of any width, without a script.
struct PlotFrame {
    /// The height of the plot in pixels.
    static let height = 170
    /// The least distance between two labels, in tenths of a pixel.
    private static let labelDistance = 140
    private static let labelCharacterCountMax = 16

    let title: String
    let days: [ChartDay]
    let unit: ChartUnit
    let scale: ValueScale
    private let axisText: (Double) -> String
    private let axisSize: Double

    /// - Parameter values: Everything that has to fit.
    init(title: String, days: ClosedRange<Int>, unit: ChartUnit, fitting values: [Double]) {
        self.title = title
        self.days = days.map(ChartDay.init)
        self.unit = unit
        let axis = unit.axis(upTo: values.max() ?? 0)
        axisSize = axis.size
        axisText = axis.text
        scale = ValueScale(fitting: values, size: axis.size, isWhole: unit.isWhole)
    }

    /// A label beside a mark: text, number of its series, distance from the top in tenths.
    struct Label {
        var text: String
        var number: Int
        var tenths: Int
    }

    /// The distance of a value from the top, in tenths of a pixel.
    func tenths(_ value: Double) -> Int { scale.tenths(value, height: Self.height) }

    /// The position of the middle of a day, in percent of the width.
    func percent(_ index: Int) -> String {
        ChartNumber.text((Double(index) + 0.5) / Double(days.count) * 100, digits: 2)
    }

    /// Puts marks into the frame.
    ///
    /// - Parameters:
    ///   - marks: Shapes in the stretched coordinates.
    ///   - dots: Shapes in pixels and percent.
    ///   - titles: A text per day, shown when the pointer rests there; nil for none.
    func svg(marks: [HTML], dots: [HTML], labels: [Label], titles: [String?]) -> HTML {
        """
        <svg class="chart" role="img" aria-label="\(title)" height="\(Self.height + 32)">\
        <svg width="100%" height="\(Self.height)" viewBox="0 0 \(days.count) \(Self.height)" \
        preserveAspectRatio="none">\(weekends)\(grid)\(HTML.run(marks))\(hover(titles))</svg>\
        \(HTML.run(dots))\(values)\(dates)\(HTML.run(spread(labels).map(text)))</svg>
        """
    }

    private var weekends: HTML {
        var path = PlotPath()
        for (index, day) in days.enumerated() where day.isWeekend {
            path.box(x: index * 10, width: 10, from: 0, to: Self.height * 10)
        }
        return path.isEmpty ? "" : "<path class=\"weekend\" d=\"\(path.html)\"/>"
    }

    private var grid: HTML {
        let lines = scale.ticks.map { "M0 \(PlotPath.number(tenths($0)))H\(days.count)" }.joined()
        let zero = PlotPath.number(tenths(0))
        return """
            <path class="grid" d="\(HTML(stringLiteral: lines))"/>\
            <path class="zero" d="M0 \(zero)H\(days.count)"/>
            """
    }

    private var values: HTML {
        HTML.run(
            scale.ticks.map { tick -> HTML in
                """
                <text class="y" x="-6" y="\(PlotPath.number(tenths(tick) + 40))">\
                \(axisText(tick / axisSize))</text>
                """
            })
    }

    private var dates: HTML {
        let ticks = DayTicks(days).ticks
        // On a phone there is room for every other label.
        return HTML.run(
            ticks.enumerated().map { place, tick -> HTML in
                let isWide = ticks.count > 3 && place % 2 == 1
                return """
                    <text class="\(isWide ? "x wide" : "x")" x="\(percent(tick.index))%" \
                    y="\(Self.height + 16)">\(tick.text)</text>
                    """
            })
    }

    private func hover(_ titles: [String?]) -> HTML {
        let columns = titles.enumerated().compactMap { index, title -> HTML? in
            title.map {
                "<rect x=\"\(index)\"><title>\($0)</title></rect>"
            }
        }
        return columns.isEmpty ? "" : "<g class=\"days\">\(HTML.run(columns))</g>"
    }

    private func text(_ label: Label) -> HTML {
        let isLong = label.text.count > Self.labelCharacterCountMax
        let shown =
            isLong ? label.text.prefix(Self.labelCharacterCountMax - 1) + "…" : label.text[...]
        let title: HTML = isLong ? "<title>\(label.text)</title>" : ""
        return """
            <text class="label s\(label.number)" x="100%" dx="6" \
            y="\(PlotPath.number(label.tenths + 40))">\(title)\(shown)</text>
            """
    }

    /// Moves labels apart, in their order from top to bottom, and none below the axis.
    private func spread(_ labels: [Label]) -> [Label] {
        var labels = labels.sorted { $0.tenths < $1.tenths }
        for index in labels.indices.dropFirst() {
            labels[index].tenths = max(
                labels[index].tenths, labels[index - 1].tenths + Self.labelDistance)
        }
        var lowest = Self.height * 10
        for index in labels.indices.reversed() {
            labels[index].tenths = min(labels[index].tenths, lowest)
            lowest = labels[index].tenths - Self.labelDistance
        }
        return labels
    }
}

extension HTML {
    /// Joins pieces without a separator.
    static func run(_ pieces: [HTML]) -> HTML {
        HTML(stringLiteral: pieces.map(\.markup).joined())
    }
}
