import Domain
import Fakes
import OpenMetrics
import Ports
import TestSupport
import Testing

/// Reads the files with Prometheus's own tools.
@Suite("promtool", .timeLimit(.minutes(3)))
struct PromtoolTests {
    @Test("creates blocks from the files, which Prometheus serves")
    func blocks() async throws {
        #expect(
            await ChildProcess.isInstalled("promtool"), "this test needs apt-get install prometheus"
        )
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: "\(folder)/metrics")
            var expected: [SampleBatch] = []
            for (day, value) in [("2025-03-01", 0.1), ("2025-03-02", 1e300)] {
                var users = SampleBatch(.acme(.users, day))
                users.add(
                    OpenMetricsFilesTests.loc, value,
                    [.organization: "acme", .userLogin: #"a"b\c{},= 👋"#, .userName: "x\ny"])
                users.add(OpenMetricsFilesTests.loc, 0x1p53, [.userLogin: "whole"])
                users.add(OpenMetricsFilesTests.sessions, -.infinity, [.userLogin: "low"])
                var billing = SampleBatch(.acme(.billing, day))
                billing.add(
                    OpenMetricsFilesTests.net, .leastNonzeroMagnitude, [.sku: "s"], [.unitType: "u"]
                )
                for batch in [users, billing] {
                    try await sink.write(batch)
                    expected.append(batch)
                }
                let outcome = try await ChildProcess.outcome(
                    of: "promtool",
                    [
                        "tsdb", "create-blocks-from", "openmetrics",
                        "\(folder)/metrics/acme/\(day).om", "\(folder)/data",
                    ])
                #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            }
            try await Backend.withPrometheus(outOfOrderWindow: nil, data: "\(folder)/data") {
                server in
                for batch in expected {
                    let names = Set(batch.samples.map(\.metric.metric.name)).joined(separator: "|")
                    let found = try await server.query(
                        "{__name__=~\"\(names)\"}", at: batch.scope.timestamp)
                    #expect(found == batch.values)
                }
            }
        }
    }

    @Test("reads a day without samples")
    func empty() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            try await sink.write(SampleBatch(.acme(.members)))
            let outcome = try await ChildProcess.outcome(
                of: "promtool",
                [
                    "tsdb", "create-blocks-from", "openmetrics", "\(folder)/acme/2025-03-01.om",
                    "\(folder)/data",
                ])
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        }
    }
}
