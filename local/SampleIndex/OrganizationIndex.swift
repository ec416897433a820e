import Domain

/// The samples of one organization that have been read, by day.
struct OrganizationIndex {
    /// A day's file: its version, and what is in it.
    struct DayEntry {
        var stamp: FileStamp
        /// What is wrong with the file, as the end of a sentence; then it has no points.
        var damage: String?
        var points: [(series: Int32, value: Double)] = []
    }

    private let lines: IndexedLines
    private(set) var days: [Day: DayEntry] = [:]
    /// The text of each series, and what it says.
    private(set) var names: [(text: String, name: ParsedSeriesName)] = []
    private var numbers: [String: Int32] = [:]

    init(_ lines: IndexedLines) { self.lines = lines }

    /// Forgets a day.
    mutating func remove(_ day: Day) { days[day] = nil }

    /// Takes the content of a day's file.
    mutating func replace(_ day: Day, _ stamp: FileStamp, _ bytes: [UInt8]) {
        var entry = DayEntry(stamp: stamp)
        do throws(DayFileReader.Damage) {
            for point in try DayFileReader(bytes, lines).points {
                guard let number = number(of: point.series) else { continue }
                entry.points.append((number, point.value))
            }
        } catch {
            entry.damage = error.reason
        }
        days[day] = entry
    }

    /// Takes a day that could not be read at all.
    mutating func replace(_ day: Day, _ stamp: FileStamp, damage: String) {
        days[day] = DayEntry(stamp: stamp, damage: damage)
    }

    /// The series that have a point within the days.
    func series(_ range: ClosedRange<Day>, metrics: Set<String>?) -> [SampleSeries] {
        let isWanted = names.map { entry in
            metrics?.contains(entry.name.metric) ?? true
        }
        var values = [[Double?]?](repeating: nil, count: names.count)
        for day in range {
            guard let entry = days[day] else { continue }
            let place = range.lowerBound.distance(to: day)
            for point in entry.points where isWanted[Int(point.series)] {
                let number = Int(point.series)
                if values[number] == nil {
                    values[number] = Array(repeating: nil, count: range.count)
                }
                values[number]?[place] = point.value
            }
        }
        return zip(names, values).compactMap { entry, values in
            guard let values else { return nil }
            return SampleSeries(
                metric: entry.name.metric,
                labels: entry.name.labels.filter { $0.key != "organization" }, values: values)
        }.sorted { ($0.metric, $0.order) < ($1.metric, $1.order) }
    }

    /// The number of a series; nil for one that is not kept, and for a name that cannot be read.
    private mutating func number(of series: String) -> Int32? {
        if let number = numbers[series] { return number }
        guard let name = ParsedSeriesName(series), lines.contains(name) else { return nil }
        let number = Int32(names.count)
        names.append((series, name))
        numbers[series] = number
        return number
    }
}

extension SampleSeries {
    /// The labels as one text, to sort by.
    fileprivate var order: String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

/// The index as text, to be kept beside the files.
///
///     copilot-usage series 1
///     S github_copilot_org_daily_active_users{organization="acme"}
///     D 2026-04-18 7340 120344 1776470399000000000
///     0 21
///     E 4
///
/// `S` is a series, numbered from 0. `D` is a day with the version of its file; the next line has
/// its points, or after `!` what is wrong with the file. `E` counts the lines, so that a part of an
/// index is not taken for the whole.
extension OrganizationIndex {
    /// The text, with the newest days only, and without series that have no point in them: a person
    /// whose files are gone is forgotten.
    func text(dayCountMax: Int) -> String {
        let kept = days.sorted { $0.key < $1.key }.suffix(dayCountMax)
        var isUsed = [Bool](repeating: false, count: names.count)
        for (_, entry) in kept {
            for point in entry.points { isUsed[Int(point.series)] = true }
        }
        var places = [Int](repeating: 0, count: names.count)
        var text = [lines.firstLine]
        for (number, name) in names.enumerated() where isUsed[number] {
            places[number] = text.count - 1
            text.append("S \(name.text)")
        }
        for (day, entry) in kept {
            text.append("D \(day) \(entry.stamp.text)")
            text.append(
                entry.damage.map { "! \($0)" }
                    ?? entry.points.map { "\(places[Int($0.series)]) \(Self.text($0.value))" }
                    .joined(separator: " "))
        }
        text.append("E \(text.count)\n")
        return text.joined(separator: "\n")
    }

    /// Reads back a text.
    ///
    /// - Returns: nil if the text is not complete or of another version: everything is read again.
    init?(_ lines: IndexedLines, text: String) {
        self.init(lines)
        // By bytes, because finding characters takes longer than reading the files again.
        let text = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).map(Substring.init)
        guard text.first == lines.firstLine[...], text.count > 2, text.last?.isEmpty == true,
            text[text.count - 2] == "E \(text.count - 2)"
        else { return nil }
        var rest = text[1..<(text.count - 2)]
        while let line = rest.popFirst() {
            if line.hasPrefix("S ") {
                guard let number = number(of: String(line.dropFirst(2))),
                    Int(number) == names.count - 1
                else { return nil }
                continue
            }
            let words = line.split(separator: " ")
            guard words.count == 5, words[0] == "D", let day = Day(String(words[1])),
                let stamp = FileStamp(Array(words[2...])), let content = rest.popFirst()
            else { return nil }
            if content.hasPrefix("! ") {
                replace(day, stamp, damage: String(content.dropFirst(2)))
                continue
            }
            guard let entry = Self.entry(stamp, content, seriesCount: names.count) else {
                return nil
            }
            days[day] = entry
        }
    }

    private static func entry(
        _ stamp: FileStamp, _ content: Substring, seriesCount: Int
    ) -> DayEntry? {
        let words = content.utf8.split(separator: UInt8(ascii: " "))
        guard words.count % 2 == 0 else { return nil }
        var entry = DayEntry(stamp: stamp)
        entry.points.reserveCapacity(words.count / 2)
        for place in stride(from: 0, to: words.count, by: 2) {
            guard let number = DayFileReader.number(words[place]),
                let series = Int32(exactly: number), 0..<seriesCount ~= Int(series),
                let value = DayFileReader.number(words[place + 1])
            else { return nil }
            entry.points.append((series, value))
        }
        return entry
    }

    private static func text(_ value: Double) -> String {
        Int64(exactly: value).map { $0 == 0 && value.sign == .minus ? "-0.0" : "\($0)" }
            ?? value.description
    }
}
