import Toolbox
import CPlainLoop
import Domain
import Ports

/// The loop in C++ that does only this job, over the same report.
enum PlainLoop {
    /// The result of the loop.
    struct Work {
        var coreSeconds: Double
        var seconds: Double
        var samples: Int
        var rawByteCount: Int
        var byteCount: Int
    }

    /// Runs the loop; the lines are in memory and padded before it begins.
    static func work(_ run: PipelineRun) throws(Failure) -> Work {
        let metrics = MetricID.all.map(\.metric).filter { $0.source == .users }.map { metric in
            let labels = metric.labels.map(\.description).joined(separator: ",")
            return "\(metric.name) \(metric.path) \(labels)"
        }
        let scope = try PipelineRun.scope
        guard
            let loop = unsafe cplainloop_new(
                metrics.joined(separator: "\n"), scope.organization.description,
                scope.timestamp.milliseconds)
        else { throw Failure(.unavailable, "no memory") }
        defer { unsafe cplainloop_free(loop) }
        var watch = Stopwatch()
        for var shard in run.shards {
            var lines = PaddedLines(&shard)
            while !lines.ends.isEmpty {
                let code = watch.count { unsafe take(lines, loop) }
                guard code == 0 else { throw Failure(.malformedReply, "the report is not JSON") }
                lines = PaddedLines(&shard)
            }
        }
        let counts = watch.count { unsafe cplainloop_finish(loop) }
        return Work(
            coreSeconds: watch.coreSeconds, seconds: watch.seconds, samples: Int(counts.samples),
            rawByteCount: Int(counts.raw_bytes), byteCount: Int(counts.body_bytes))
    }

    private static func take(_ lines: PaddedLines, _ loop: OpaquePointer) -> Int32 {
        // The pointer is lent to the loop, which copies what it keeps.
        unsafe lines.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            var start = 0
            for end in lines.ends {
                let code = unsafe cplainloop_take(loop, base + start, end - start)
                guard code == 0 else { return code }
                start = end
            }
            return 0
        }
    }
}
