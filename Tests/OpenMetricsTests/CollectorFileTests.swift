import Domain
import Fakes
import OpenMetrics
import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The file about the collector", .timeLimit(.minutes(2)))
struct CollectorFileTests {
    static func text(_ folder: String, _ day: String = "2025-03-02") throws -> String {
        let bytes = FileManager.default.contents(atPath: "\(folder)/_collector/\(day).om")
        return String(decoding: try #require(bytes), as: UTF8.self)
    }

    static func lines(_ folder: String, of name: String) throws -> [String] {
        try text(folder).split(separator: "\n").map(String.init).filter { $0.hasPrefix(name) }
    }

    @Test("has the day of the collection, and times to the millisecond")
    func text() async throws {
        try await withTemporaryFolder { folder in
            var report = CollectorReport(
                at: CollectorReport.moment(
                    collecting: try #require(Day("2025-03-01")),
                    at: try #require(Timestamp("2025-03-02T06:00:00.750Z"))),
                tags: SampleTags(application: "copilot"))
            report.add(.duration, 1.5, ["source": "billing", "organization": "acme"])
            report.add(.deadLetters, 0)
            let delivery = try await OpenMetricsFiles(folder: folder).write(report)
            #expect(delivery == Delivery(accepted: 2))
            // 2025-03-01 is day 20,148.
            #expect(
                try Self.text(folder) == """
                    # HELP copilot_usage_collector_duration_seconds \(CollectorMetric.duration.help)
                    # TYPE copilot_usage_collector_duration_seconds gauge
                    # UNIT copilot_usage_collector_duration_seconds seconds
                    copilot_usage_collector_duration_seconds{organization="acme",source="billing"} 1.5 1740895200.148
                    # HELP copilot_usage_collector_dead_letters \(CollectorMetric.deadLetters.help)
                    # TYPE copilot_usage_collector_dead_letters gauge
                    copilot_usage_collector_dead_letters 0 1740895200.148
                    # EOF

                    """)
        }
    }

    @Test("keeps days of one organization that are collected in the same second")
    func sameSecond() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            for (day, samples) in [("2025-02-28", 1), ("2025-03-01", 2), ("2025-02-27", 3)] {
                _ = try await sink.write(.example(collecting: day, samples: samples))
            }
            let found = try Self.lines(folder, of: "copilot_usage_collector_samples{")
            #expect(
                found.map { $0.split(separator: " ").suffix(2).joined(separator: " ") } == [
                    "3 1740895200.146", "1 1740895200.147", "2 1740895200.148",
                ])
        }
    }

    @Test("is the same when a report is written again, and takes a newer value of the same moment")
    func again() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            _ = try await sink.write(.example("zeta"))
            _ = try await sink.write(.example(outcome: .failed, samples: 0))
            _ = try await sink.write(.example())
            let once = try Self.text(folder)
            _ = try await sink.write(.example())
            #expect(try Self.text(folder) == once)
            #expect(
                try Self.lines(folder, of: "copilot_usage_collector_outcome{")
                    .filter { $0.contains("acme") && $0.contains("} 1 ") }
                    == [
                        """
                        copilot_usage_collector_outcome{organization="acme",outcome="written",\
                        source="users-1-day"} 1 1740895200.148
                        """
                    ])
        }
    }

    @Test("has the samples of all organizations when many are written at the same time")
    func concurrent() async throws {
        try await withTemporaryFolder { folder in
            let names = (0..<24).map { "org-\($0)" }
            try await withThrowingTaskGroup { group in
                for name in names {
                    group.addTask {
                        // Each is a process of its own, as far as the files can tell.
                        _ = try await OpenMetricsFiles(folder: folder).write(.example(name))
                    }
                }
                try await group.waitForAll()
            }
            let lines = try Self.lines(folder, of: "copilot_usage_collector_samples{")
            #expect(lines.count == names.count)
            #expect(lines == lines.sorted())
            #expect(try Self.lines(folder, of: "copilot_").count == names.count * 12)
        }
    }

    @Test("keeps families that only another version knows")
    func unknownFamily() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            _ = try await sink.write(.example())
            let extra = """
                # HELP copilot_usage_collector_new New.
                # TYPE copilot_usage_collector_new gauge
                copilot_usage_collector_new 1 1740895200.148

                """
            let old = try Self.text(folder).replacing("# EOF\n", with: extra + "# EOF\n")
            try Data(old.utf8).write(
                to: URL(filePath: "\(folder)/_collector/2025-03-02.om"))
            _ = try await sink.write(.example())
            #expect(try Self.text(folder) == old)
        }
    }

    @Test("is not touched when it is not complete")
    func damaged() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            _ = try await sink.write(.example())
            let path = "\(folder)/_collector/2025-03-02.om"
            try Data("# HELP a b\n".utf8).write(to: URL(filePath: path))
            let failure = await #expect(throws: Failure.self) {
                _ = try await sink.write(.example())
            }
            #expect(failure?.code == .unreadableState)
            #expect(failure?.message.contains("_collector/2025-03-02.om") == true)
            #expect(try Self.text(folder) == "# HELP a b\n")
        }
    }

    @Test("becomes blocks that Prometheus serves")
    func blocks() async throws {
        #expect(
            await ChildProcess.isInstalled("promtool"), "this test needs apt-get install prometheus"
        )
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: "\(folder)/metrics")
            let reports = ["2025-02-28", "2025-03-01"].map {
                CollectorReport.example(collecting: $0)
            }
            for report in reports { _ = try await sink.write(report) }
            let outcome = try await ChildProcess.outcome(
                of: "promtool",
                [
                    "tsdb", "create-blocks-from", "openmetrics",
                    "\(folder)/metrics/_collector/2025-03-02.om", "\(folder)/data",
                ])
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            try await Backend.withPrometheus(outOfOrderWindow: nil, data: "\(folder)/data") {
                server in
                let end = try #require(Timestamp("2025-03-03T00:00:00Z"))
                let found = try await server.query(
                    "sum by (outcome) (sum_over_time(copilot_usage_collector_outcome[1d])) > 0",
                    at: end)
                #expect(found == [["outcome": "written"]: 2])
            }
        }
    }
}
