import Domain
import DurableFiles
import Ports

/// Collects lines by metric, and holds few of them in memory.
///
/// Each metric has a buffer. A full buffer is appended to one file for all metrics, and its
/// position is noted. The file has no name, so a process that dies leaves nothing behind.
struct Spool: ~Copyable {
    /// The size of a buffer.
    ///
    /// A hundred of them take little memory, and writing one is worth a system call.
    private static let bufferByteCountMax = 64 << 10

    private let file: OpenFile
    private var fileByteCount = 0
    private var written: [[Range<Int>]]
    private var buffers: [[UInt8]]

    /// The number of lines of all metrics.
    private(set) var lineCount = 0

    init(_ file: consuming OpenFile) {
        self.file = file
        written = Array(repeating: [], count: Catalogue.every.count)
        buffers = Array(repeating: [], count: Catalogue.every.count)
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

    /// Appends all lines of a metric to another file.
    func copyLines(of metric: MetricID, to target: borrowing OpenFile) throws(Failure) {
        for range in written[Int(metric.index)] { try file.copy(range, to: target) }
        try target.append(buffers[Int(metric.index)])
    }
}
