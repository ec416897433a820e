import Domain
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Samples about the collector", .timeLimit(.minutes(5)))
struct CollectorSamplesTests {
    /// The lines of the files about the collector, without comments.
    static func lines(in metrics: String) throws -> [String] {
        let folder = "\(metrics)/_collector"
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".om") }.flatMap { name in
                try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
                    .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
            }
    }

    @Test("are written beside those of the days, and a recorded tick writes them again to the bit")
    func recorded() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            let recording = "\(stage.folder)/recording"
            let tick = try await stage.local("record", recording, "--", "tick", "--quiet")
            #expect(tick.status == 0, "\(tick.errors)")
            let replay = try await stage.local("replay", recording)
            #expect(replay.status == 0, "\(replay.output)")

            let lines = try Self.lines(in: stage.metrics)
            for organization in ["acme", "acme-2"] {
                let written = lines.filter {
                    $0.hasPrefix("copilot_usage_collector_outcome{organization=\"\(organization)\"")
                        && $0.contains("outcome=\"written\",source=\"users-1-day\"} 1 ")
                }
                // Three days, all in their own millisecond.
                #expect(written.count == 3, "\(organization): \(written)")
            }
            #expect(lines.contains { $0.hasPrefix("copilot_usage_collector_dead_letters 0 ") })
            let times = lines.filter {
                $0.hasPrefix("copilot_usage_collector_duration_seconds{")
                    && $0.contains("source=\"users-1-day\"")
            }.compactMap { Double($0.split(separator: " ")[1]) }
            #expect(times.count == 6 && times.allSatisfy { $0 > 0 })
        }
    }

    @Test("are not written with COLLECTOR_METRICS=off, and any other word is refused")
    func off() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            let wrong = try await stage.local("tick", with: ["COLLECTOR_METRICS": "no"])
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("COLLECTOR_METRICS"), "\(wrong.errors)")
            let tick = try await stage.local("tick", "--quiet", with: ["COLLECTOR_METRICS": "off"])
            #expect(tick.status == 0, "\(tick.errors)")
            #expect(FileManager.default.fileExists(atPath: "\(stage.metrics)/acme"))
            #expect(!FileManager.default.fileExists(atPath: "\(stage.metrics)/_collector"))
        }
    }
}
