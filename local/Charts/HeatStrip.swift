public import HTML

/// A row of cells, one per day: a row of a heat grid.
///
/// Equal neighbours are one dashed line, so a year of one state is as short as a day. States differ
/// in height as well as in colour.
public struct HeatStrip: Sendable {
    /// The state of a day.
    public enum State: String, Sendable, CaseIterable {
        /// Nothing is known of the day.
        case none
        /// Everything is there.
        case good
        /// Something is still to come.
        case open
        /// Something is missing until a person acts.
        case bad
    }

    /// A day's cell.
    public struct Cell: Hashable, Sendable {
        /// The state.
        public var state: State
        /// What the state means, such as `complete`.
        public var title: String
        /// Where the cell leads; nil for nowhere.
        public var address: String?

        /// Creates a cell.
        public init(_ state: State, title: String, address: String? = nil) {
            self.state = state
            self.title = title
            self.address = address
        }
    }

    /// The first day, since 1970-01-01.
    public var firstDay: Int
    /// A cell per day.
    public var cells: [Cell]
    /// What the row shows, for people who do not see it.
    public var title: String

    /// Creates a row.
    public init(title: String, firstDay: Int, cells: [Cell]) {
        self.title = title
        self.firstDay = firstDay
        self.cells = cells
    }

    private static let height = 20

    /// The row as an `svg` element.
    public var svg: HTML {
        // An image has no parts, so links within one would not be announced.
        let role: HTML = cells.contains { $0.address != nil } ? "group" : "img"
        return """
            <svg class="heat" role="\(role)" aria-label="\(title)" height="\(Self.height)" \
            viewBox="0 0 \(max(cells.count, 1)) \(Self.height)" preserveAspectRatio="none">\
            \(HTML.run(runs.map(mark)))</svg>
            """
    }

    private var runs: [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in cells.indices {
            if let last = runs.last, cells[last.lowerBound] == cells[index] {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }

    private func mark(_ run: Range<Int>) -> HTML {
        let cell = cells[run.lowerBound]
        let first = ChartDay(firstDay + run.lowerBound).short
        let last = ChartDay(firstDay + run.upperBound - 1).short
        let path: HTML = """
            <path class="\(cell.state.rawValue)" d="M\(run.lowerBound) 10h\(run.count)">\
            <title>\(run.count == 1 ? first : "\(first) to \(last)"): \(cell.title)</title></path>
            """
        guard let address = cell.address else { return path }
        return "<a href=\"\(address)\">\(path)</a>"
    }
}

/// The names of the months above the rows of a heat grid.
public struct HeatMonths: Sendable {
    /// Days since 1970-01-01.
    public var days: ClosedRange<Int>

    /// Creates the names.
    public init(_ days: ClosedRange<Int>) { self.days = days }

    /// The names as an `svg` element.
    public var svg: HTML {
        let days = days.map(ChartDay.init)
        let ticks = DayTicks(days).ticks
        let texts = ticks.map { tick -> HTML in
            let x = ChartNumber.text(Double(tick.index) / Double(days.count) * 100, digits: 2)
            return "<text x=\"\(x)%\" y=\"12\">\(tick.text)</text>"
        }
        return "<svg class=\"months\" aria-hidden=\"true\" height=\"16\">\(HTML.run(texts))</svg>"
    }
}

extension HeatStrip {
    /// The same cells as a sign in a key, which is not announced: a word stands beside it.
    public var keySVG: HTML {
        """
        <svg class="heat" aria-hidden="true" height="\(Self.height)" \
        viewBox="0 0 \(max(cells.count, 1)) \(Self.height)" preserveAspectRatio="none">\
        <path class="\((cells.first?.state ?? .none).rawValue)" d="M0 10h\(cells.count)"/></svg>
        """
    }
}
