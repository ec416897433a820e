import Domain
import Ports

/// Lines by metric, in the order they came, of which only a little is in memory.
///
/// All metrics share one file. Each has a buffer; a full one is appended to the file, and where it
/// went is noted. The file has no name, so a process that dies leaves nothing behind.
struct Spool: ~Copyable {
    /// How much of one metric waits in memory: as much for each of a hundred metrics is little, and
    /// one write of so much is worth a system call.
    private static let bufferByteCountMax = 64 << 10

    private let file: OpenFile
    private var fileByteCount = 0
    private var written: [[Range<Int>]]
    private var buffers: [[UInt8]]

    /// The lines so far, of all metrics.
    private(set) var lineCount = 0

    init(_ file: consuming OpenFile) {
        self.file = file
        written = Array(repeating: [], count: Catalogue.metrics.count)
        buffers = Array(repeating: [], count: Catalogue.metrics.count)
    }

    mutating func append(
        to metric: MetricID, _ line: (inout [UInt8]) -> Void
    ) throws(Failure) {
        let index = Int(metric.index)
        line(&buffers[index])
        lineCount += 1
        guard buffers[index].count >= Self.bufferByteCountMax else { return }
        try file.append(buffers[index])
        written[index].append(fileByteCount..<fileByteCount + buffers[index].count)
        fileByteCount += buffers[index].count
        buffers[index].removeAll(keepingCapacity: true)
    }

    func hasLines(of metric: MetricID) -> Bool {
        !buffers[Int(metric.index)].isEmpty || !written[Int(metric.index)].isEmpty
    }

    /// Copies all lines of `metric` to the end of `target`.
    func copyLines(of metric: MetricID, to target: borrowing OpenFile) throws(Failure) {
        for range in written[Int(metric.index)] { try file.copy(range, to: target) }
        try target.append(buffers[Int(metric.index)])
    }
}
