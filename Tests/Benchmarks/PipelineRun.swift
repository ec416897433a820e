import Domain
import Fakes
import Ports
import RemoteWrite
import Reports
import SystemClock

/// One reading of a synthetic report as in `onCollectOrg`, timed without generating the report.
struct PipelineRun {
    /// The largest chunk that libcurl returns, and about the usual one.
    static let chunkByteCount = 64 << 10
    /// The approximate number of users in a file of a report.
    static let shardUserCount = 12_500
    /// As in `onCollectOrg`.
    private static let batchSampleCount = 4_000

    let users: Int
    var day = "2026-10-05"

    /// The files of the report, each with its own seed.
    var shards: [SyntheticReport] {
        stride(from: 0, to: users, by: Self.shardUserCount).map { first in
            SyntheticReport(
                users: first..<min(first + Self.shardUserCount, users), seed: UInt64(first),
                day: day)
        }
    }

    /// Reads the report.
    ///
    /// - Parameter sink: Receives the samples; nil drops them.
    /// - Returns: The time it took, and the survey.
    /// - Throws: `malformedReply` if samples were refused.
    func run(to sink: (any MetricSink)?) async throws -> (watch: Stopwatch, survey: ReportSurvey) {
        let scope = try Self.scope
        var watch = Stopwatch()
        // As in a collection, the reading that sends is the second; see `Stage`.
        var pass = ReportPass(scope: scope, identity: Identity(.full), isSecond: sink != nil)
        let writer = try await sink?.open(scope)
        for var shard in shards {
            pass.beginFile()
            while let chunk = shard.nextChunk(Self.chunkByteCount) {
                try watch.count { () throws(ReportError) in try pass.feed(chunk) }
                guard let writer else {
                    watch.count { pass.clearBatch() }
                    continue
                }
                guard pass.batch.samples.count >= Self.batchSampleCount else { continue }
                try await watch.count { try await writer.write(pass.batch) }
                watch.count { pass.clearBatch() }
            }
            try watch.count { () throws(ReportError) in try pass.endFile() }
        }
        if let writer {
            let delivery = try await watch.count {
                try await writer.write(pass.batch)
                return try await writer.finish()
            }
            guard delivery.accepted == pass.survey.samples, delivery.rejected == 0 else {
                throw Failure(.malformedReply, "\(delivery.rejected) samples were refused")
            }
        }
        return (watch, pass.survey)
    }

    /// A sink that writes to a URL through a transport.
    static func sink(
        _ url: String, _ transport: any HTTPTransport, requestsAtOnce: Int? = nil
    ) throws(Failure) -> RemoteWriteSink {
        var settings = try RemoteWriteSettings(url: url)
        if let requestsAtOnce { settings.limits.requestsAtOnce = requestsAtOnce }
        return RemoteWriteSink(
            settings: settings, transport: transport, time: ContinuousClock(),
            wallClock: SystemClock(), entropy: SeededEntropy(seed: 1))
    }

    static var scope: SampleScope {
        get throws(Failure) {
            guard let organization = OrganizationLogin("acme"), let day = Day("2026-10-05") else {
                throw Failure(.misconfigured, "no scope")
            }
            return SampleScope(
                organization: organization, day: day, source: .users,
                tags: SampleTags(application: "copilot", subsystem: nil))
        }
    }
}
