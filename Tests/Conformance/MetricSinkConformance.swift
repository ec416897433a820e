import Domain
import Fakes
import FanOutSink
import OpenMetrics
import Ports
import RemoteWrite
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Every sink.
///
/// A new adapter is a new case.
enum SinkAdapter: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case openMetricsFiles
    case remoteWriteToPrometheus
    case remoteWriteToInfluxDB
    /// One that refuses whatever the specification of remote write forbids.
    case remoteWriteToStrictReceiver
    case fanOut

    var testDescription: String { rawValue }

    /// A test of a sink.
    ///
    /// `stored` returns the series that the backend has for a day.
    typealias Body = (
        _ sink: any MetricSink, _ stored: (Day) async throws -> [SeriesLabels: Double]
    ) async throws -> Void

    /// Runs `body` with a sink for an empty backend, and removes it afterwards.
    func withSink(_ body: Body) async throws {
        switch self {
        case .openMetricsFiles:
            try await withTemporaryFolder { folder in
                try await body(try OpenMetricsFiles(folder: folder)) { day in
                    try Self.values(on: day, in: folder)
                }
            }
        case .remoteWriteToPrometheus:
            try await Backend.withPrometheus(outOfOrderWindow: "30d") { backend in
                try await body(try Self.remoteWrite(to: backend)) { day in
                    try await backend.query(#"{organization="acme"}"#, at: Timestamp(endOf: day))
                }
            }
        case .remoteWriteToInfluxDB:
            try await Backend.withInfluxDB { backend in
                try await body(try Self.remoteWrite(to: backend)) { day in
                    try await backend.points(at: Timestamp(endOf: day))
                }
            }
        case .remoteWriteToStrictReceiver:
            try await Backend.withStrictReceiver { backend in
                try await body(try Self.remoteWrite(to: backend)) { day in
                    #expect(try await backend.refused() == [])
                    return try await backend.received(at: Timestamp(endOf: day))
                }
            }
        case .fanOut:
            try await withTemporaryFolder { folder in
                let (left, right) = ("\(folder)/left", "\(folder)/right")
                let sink = FanOutSink([
                    ("left", try OpenMetricsFiles(folder: left)),
                    ("right", try OpenMetricsFiles(folder: right)),
                ])
                try await body(sink) { day in
                    let values = try Self.values(on: day, in: left)
                    let others = try Self.values(on: day, in: right)
                    #expect(values == others)
                    return values
                }
            }
        }
    }

    private static func remoteWrite(to backend: Backend) throws -> RemoteWriteSink {
        RemoteWriteSink(
            settings: try RemoteWriteSettings(url: backend.writeURL), transport: backend.http,
            time: ContinuousClock(), wallClock: NoClock(), entropy: NoEntropy())
    }

    private static func values(on day: Day, in folder: String) throws -> [SeriesLabels: Double] {
        let path = "\(folder)/acme/\(day).om"
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        let text = try OpenMetricsText(String(contentsOfFile: path, encoding: .utf8))
        let seconds = Timestamp(endOf: day).seconds
        #expect(text.lines.allSatisfy { $0.seconds == seconds })
        #expect(text.values.count == text.lines.count)
        return text.values
    }
}

/// No backend here sends a `Retry-After`, and no request is retried.
private struct NoClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 0) }
}

private struct NoEntropy: Entropy {
    func bytes(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
}

/// What every sink does.
@Suite("A metric sink", .serialized, .timeLimit(.minutes(3)))
struct MetricSinkConformance {
    /// Users with one metric, and a second one per editor.
    static func users(_ range: Range<Int>, _ day: String = "2025-03-01") -> SampleBatch {
        var batch = SampleBatch(.acme(.users, day))
        for user in range {
            let labels: KeyValuePairs<Label, String> = [
                .organization: "acme", .userID: "\(user)", .userLogin: "user-\(user)",
            ]
            batch.add("github_copilot_user_loc_added_sum", Double(user) / 7, labels)
            for ide in ["vscode", "jetbrains \"2025\" \\ é\n"] {
                batch.add(
                    "github_copilot_user_loc_added_sum_by_ide", Double(user), [.ide: ide], labels)
            }
        }
        return batch
    }

    static let billing: SampleBatch = {
        var batch = SampleBatch(.acme(.billing))
        batch.add(
            "github_copilot_billing_net_amount", 0.1, [.organization: "acme"],
            [.sku: "copilot_for_business", .unitType: "user-months"])
        return batch
    }()

    @Test(
        "stores what was written, batch after batch", arguments: SinkAdapter.allCases, [1, 3_000])
    func roundTrip(adapter: SinkAdapter, count: Int) async throws {
        try await adapter.withSink { sink, stored in
            let batches = (Self.users(0..<count), Self.users(count..<count + 5))
            let delivery = try await sink.write([batches.0, batches.1], for: batches.0.scope)
            #expect(delivery == Delivery(accepted: 3 * (count + 5)))
            let expected = batches.0.values.merging(batches.1.values) { $1 }
            let found = try await stored(batches.0.scope.day)
            #expect(found.count == expected.count)
            #expect(found == expected)
        }
    }

    @Test("stores nothing when no samples are written", arguments: SinkAdapter.allCases)
    func nothing(adapter: SinkAdapter) async throws {
        try await adapter.withSink { sink, stored in
            let deliveries = [
                try await sink.write(Self.users(0..<0)),
                try await sink.write([], for: .acme(.billing)),
            ]
            #expect(deliveries == [Delivery(accepted: 0), Delivery(accepted: 0)])
            #expect(try await stored(Self.billing.scope.day).isEmpty)
        }
    }

    @Test("stores the same samples when they are written again", arguments: SinkAdapter.allCases)
    func again(adapter: SinkAdapter) async throws {
        try await adapter.withSink { sink, stored in
            let batch = Self.users(0..<10)
            for _ in 0..<3 {
                let delivery = try await sink.write(batch)
                #expect(delivery == Delivery(accepted: 30))
            }
            let found = try await stored(batch.scope.day)
            #expect(found == batch.values)
        }
    }

    @Test("keeps the sources of a day side by side", arguments: SinkAdapter.allCases)
    func sources(adapter: SinkAdapter) async throws {
        try await adapter.withSink { sink, stored in
            let users = Self.users(0..<10)
            try await sink.write(users)
            try await sink.write(Self.billing)
            try await sink.write(users)
            let expected = users.values.merging(Self.billing.values) { $1 }
            #expect(try await stored(users.scope.day) == expected)
        }
    }

    @Test("keeps days apart, in any order", arguments: SinkAdapter.allCases)
    func days(adapter: SinkAdapter) async throws {
        try await adapter.withSink { sink, stored in
            let days = ["2025-03-02", "2025-03-01", "2025-03-03"]
            let batches = days.enumerated().map { Self.users($0..<$0 + 2, $1) }
            for batch in batches { try await sink.write(batch) }
            for batch in batches { #expect(try await stored(batch.scope.day) == batch.values) }
        }
    }

    @Test(
        "takes samples about the collector beside those of a day", arguments: SinkAdapter.allCases)
    func collector(adapter: SinkAdapter) async throws {
        try await adapter.withSink { sink, stored in
            let reports: [CollectorReport] = [
                .example("globex", at: "2025-03-03T06:00:00Z"),
                .example("globex", collecting: "2025-03-02", at: "2025-03-03T06:00:00Z"),
            ]
            for report in reports + reports {
                #expect(
                    try await sink.write(report) == Delivery(accepted: report.samples.count))
            }
            try await sink.write(Self.billing)
            #expect(try await stored(Self.billing.scope.day) == Self.billing.values)
        }
    }
}
