import Toolbox
import Domain
import CSimdJSON
import Ports

/// simdjson alone over a report, line by line.
enum ParseFloor {
    /// The CPU time it takes; the lines are in memory and padded before it begins.
    static func coreSeconds(_ run: PipelineRun) throws(Failure) -> Double {
        guard let parser = unsafe csimdjson_new() else { throw Failure(.unavailable, "no memory") }
        defer { unsafe csimdjson_free(parser) }
        var watch = Stopwatch()
        for var shard in run.shards {
            var lines = PaddedLines(&shard)
            while !lines.ends.isEmpty {
                let code = watch.count { unsafe parse(lines, parser) }
                guard code == 0 else { throw Failure(.malformedReply, "the report is not JSON") }
                lines = PaddedLines(&shard)
            }
        }
        return watch.coreSeconds
    }

    private static func parse(_ lines: PaddedLines, _ parser: OpaquePointer) -> Int32 {
        var tape = unsafe csimdjson_tape()
        // The pointer is lent for the parse, which copies what it keeps.
        return unsafe lines.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            var start = 0
            for end in lines.ends {
                let code = unsafe csimdjson_parse(parser, base + start, end - start, &tape)
                guard code == 0 else { return code }
                start = end
            }
            return 0
        }
    }
}

/// Whole lines of about one chunk, with room for the parser to read past the last.
struct PaddedLines {
    var bytes: [UInt8] = []
    var ends: [Int] = []

    init(_ report: inout SyntheticReport) {
        while bytes.count < PipelineRun.chunkByteCount, let line = report.nextLine() {
            bytes += line
            ends.append(bytes.count)
        }
        bytes += repeatElement(0, count: Int(CSIMDJSON_PADDING))
    }
}
