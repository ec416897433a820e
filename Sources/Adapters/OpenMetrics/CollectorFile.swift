import Domain
import DurableFiles
import MetricText
import Ports
import Toolbox

/// The file with the samples about the collector of one day: `_collector/<day>.om`.
///
/// All organizations share it, so a report is merged into it under the lock of the folder. Samples
/// are sorted by series and time, as OpenMetrics requires. A sample replaces the one that its series
/// has for the same moment, so that writing a report twice changes nothing.
///
/// The file is read and written as a whole: one collection adds about 70 short lines.
struct CollectorFile {
    private let folder: DurableFolder
    private let report: CollectorReport
    private let name: String

    /// Opens the folder, and creates it unless it exists.
    init(_ report: CollectorReport, in path: String) throws(Failure) {
        folder = try DurableFolder(path, .readableByAll("METRICS_SINK"))
        self.report = report
        name = "\(Day(containing: report.time)).om"
    }

    /// Merges the report into the file.
    func merge() throws(Failure) {
        try folder.locked { () throws(Failure) in
            let old = try folder.read(name) ?? MetricText.end
            guard let lines = CollectorLines(old) else {
                throw Failure(
                    .unreadableState,
                    "\(folder.path)/\(name) does not end with \"# EOF\". Move it away to have it"
                        + " written again.")
            }
            try folder.replace(name, with: lines.merging(report))
        }
    }
}

/// The lines of a file, by metric family.
struct CollectorLines {
    private let bytes: [UInt8]
    /// The lines of samples of each family, sorted, and of its heading.
    private var families: [String: (heading: [Range<Int>], samples: [Range<Int>])] = [:]
    private var order: [String] = []

    /// Reads a file; nil if it is not complete.
    init?(_ bytes: [UInt8]) {
        guard bytes.suffix(MetricText.end.count).elementsEqual(MetricText.end) else { return nil }
        self.bytes = bytes
        var start = 0
        var family = ""
        let end = bytes.count - MetricText.end.count
        while start < end {
            let stop = (bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? end) + 1
            let line = bytes[start..<stop]
            if line.starts(with: MetricText.help) {
                let rest = line.dropFirst(MetricText.help.count)
                family = String(
                    decoding: rest.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
                order.append(family)
            }
            if line.first == UInt8(ascii: "#") {
                families[family, default: ([], [])].heading.append(start..<stop)
            } else {
                families[family, default: ([], [])].samples.append(start..<stop)
            }
            start = stop
        }
    }

    /// The file with the samples of a report.
    func merging(_ report: CollectorReport) -> [UInt8] {
        let added = Dictionary(grouping: report.samples, by: \.metric)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + report.samples.count * 160)
        for metric in CollectorMetric.all where metric.isWritten {
            let old = families[metric.name]?.samples ?? []
            let new = (added[metric] ?? []).map { Line($0, at: report.time) }.sorted()
            guard !old.isEmpty || !new.isEmpty else { continue }
            text += MetricText.heading(metric.name, unit: metric.declaredUnit, help: metric.help)
            append(old, merging: new, to: &text)
        }
        // Unknown families were written by another version, and stay.
        let known = Set(CollectorMetric.all.filter(\.isWritten).map(\.name))
        for name in order where !known.contains(name) {
            guard let family = families[name] else { continue }
            for range in family.heading + family.samples { text += bytes[range] }
        }
        return text + MetricText.end
    }

    /// Appends sorted lines, with others in their places; of two with the same key, the other one.
    private func append(
        _ old: [Range<Int>], merging new: [Line], to text: inout [UInt8]
    ) {
        var next = 0
        for line in new {
            // The first old line that is not before this one.
            var (low, high) = (next, old.count)
            while low < high {
                let middle = (low + high) / 2
                if Line(bytes[old[middle]]) < line { low = middle + 1 } else { high = middle }
            }
            for range in old[next..<low] { text += bytes[range] }
            next = low
            if next < old.count, !(line < Line(bytes[old[next]])) { next += 1 }
            text += line.text
        }
        for range in old[next...] { text += bytes[range] }
    }

    /// The line of a sample, `name{label="value"} value seconds.milliseconds`.
    private struct Line: Comparable {
        let text: [UInt8]
        private let series: ArraySlice<UInt8>
        private let time: ArraySlice<UInt8>

        init(_ sample: CollectorReport.Sample, at time: Timestamp) {
            let fraction = String(1_000 + time.milliseconds % 1_000).dropFirst()
            self.init(
                (MetricText.series(sample)
                    + Array(
                        " \(MetricText.number(sample.value)) \(time.milliseconds / 1_000).\(fraction)\n"
                            .utf8))[...])
        }

        /// Splits a line at its last two spaces, which are never in a label.
        init(_ line: ArraySlice<UInt8>) {
            text = Array(line)
            let last = text.lastIndex(of: UInt8(ascii: " ")) ?? 0
            let before = text[..<last].lastIndex(of: UInt8(ascii: " ")) ?? 0
            series = text[..<before]
            time = text[last...]
        }

        static func < (lhs: Self, rhs: Self) -> Bool {
            if lhs.series != rhs.series { return lhs.series.lexicographicallyPrecedes(rhs.series) }
            // Times of one day have the same number of digits.
            return lhs.time.lexicographicallyPrecedes(rhs.time)
        }

        static func == (lhs: Self, rhs: Self) -> Bool {
            lhs.series == rhs.series && lhs.time == rhs.time
        }
    }
}

/// Merges reports into files.
///
/// Locks, writes and flushes block, so the actor has its own thread.
actor CollectorFileWriter {
    private let executor = ThreadExecutor("open-metrics-collector")

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Merges a report into the file of its day.
    ///
    /// - Parameter folder: The folder of the files.
    func write(_ report: CollectorReport, in folder: String) throws(Failure) -> Delivery {
        try CollectorFile(report, in: folder).merge()
        return Delivery(accepted: report.samples.count)
    }
}
