import CSimdJSON
import Ports

/// simdjson alone over a report, line by line, onto a tape that nobody reads.
enum ParseFloor {
    /// The time it takes; the lines are there and padded before it begins.
    static func seconds(_ run: PipelineRun) throws(Failure) -> Double {
        guard let parser = unsafe csimdjson_new() else { throw Failure(.unavailable, "no memory") }
        defer { unsafe csimdjson_free(parser) }
        let padding = [UInt8](repeating: 0, count: Int(CSIMDJSON_PADDING))
        var tape = unsafe csimdjson_tape()
        var watch = Stopwatch()
        for var shard in run.shards {
            while let line = shard.nextLine() {
                // The pointer is lent for the parse, which copies what it keeps.
                let code = unsafe (line + padding).withUnsafeBufferPointer { bytes in
                    watch.count {
                        unsafe csimdjson_parse(parser, bytes.baseAddress, line.count, &tape)
                    }
                }
                guard code == 0 else { throw Failure(.malformedReply, "the report is not JSON") }
            }
        }
        return watch.seconds
    }
}
