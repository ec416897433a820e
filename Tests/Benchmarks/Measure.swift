import ArgumentParser
import CurlHTTP
import Domain
import Ports
import Reports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Measures one stage in this process, and prints the result as JSON.
///
/// Each stage and size has a process of its own, so that the peak of one does not hide another's.
struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(shouldDisplay: false)

    @Argument var stage: Stage
    @Option var users: Int
    @Option var runs: Int

    func run() async throws {
        let run = PipelineRun(users: users)
        // A warm-up: it maps pages and builds tables that stay.
        _ = try await measurement(PipelineRun(users: min(users, 1_000)))
        var all = Measurement(stage: stage, users: users)
        for _ in 0..<runs {
            all.add(try await measurement(run))
        }
        all.peakByteCount = try ProcessStatus.peakByteCount()
        print(String(decoding: try JSONEncoder().encode(all), as: UTF8.self))
    }

    private func measurement(_ run: PipelineRun) async throws -> Measurement {
        var result = Measurement(stage: stage, users: run.users)
        switch stage {
        case .generate:
            var watch = Stopwatch()
            for var shard in run.shards {
                while let chunk = watch.count({ shard.nextChunk(PipelineRun.chunkByteCount) }) {
                    result.bytesIn += chunk.count
                }
            }
            result.seconds = [watch.seconds]
            result.coreSeconds = [.all: [watch.coreSeconds]]
        case .records:
            try await measure(run, through: nil, into: &result)
        case .bodies:
            try await measure(
                run, through: CountingTransport(NullTransport()), to: "http://127.0.0.1/",
                into: &result)
        case .acknowledged:
            try await withReceiver { url in
                try await measure(
                    run, through: CountingTransport(CurlTransport()), to: url, into: &result)
            }
        case .floor:
            let transport = FloorTransport()
            let sink = try PipelineRun.sink("http://127.0.0.1/", transport, requestsAtOnce: 1)
            let survey = try await run.run(to: sink).survey
            let work = transport.work
            (result.samples, result.bytesIn) = (survey.samples, survey.byteCount)
            (result.rawBytesOut, result.bytesOut) = (work.rawByteCount, work.byteCount)
            result.coreSeconds = [
                .parse: [try ParseFloor.coreSeconds(run)], .copy: [work.copy.coreSeconds],
                .compress: [work.compress.coreSeconds],
            ]
        case .plain:
            let work = try PlainLoop.work(run)
            result.samples = work.samples
            (result.rawBytesOut, result.bytesOut) = (work.rawByteCount, work.byteCount)
            result.seconds = [work.seconds]
            result.coreSeconds = [.all: [work.coreSeconds]]
        }
        return result
    }

    private func measure(
        _ run: PipelineRun, through transport: CountingTransport?, to url: String = "",
        into result: inout Measurement
    ) async throws {
        let sink = try transport.map { transport throws(Failure) in
            try PipelineRun.sink(url, transport)
        }
        let (watch, survey) = try await run.run(to: sink)
        (result.samples, result.bytesIn) = (survey.samples, survey.byteCount)
        result.bytesOut = transport?.byteCount ?? 0
        result.seconds = [watch.seconds]
        result.coreSeconds = [.all: [watch.coreSeconds]]
    }
}

extension Stage: ExpressibleByArgument {}
