import Domain
import Fakes
import Ports
import TestSupport
import Testing

@testable import RemoteWrite

/// Prometheus 2.42 and VictoriaMetrics 1.79 of Debian 12.
@Suite("A real backend", .serialized, .timeLimit(.minutes(3)))
struct RealBackendTests {
    static func sink(_ backend: Backend) throws -> RemoteWriteSink {
        try RemoteWriteSink(RemoteWriteSettings(url: backend.writeURL), backend.http)
    }

    /// A batch of one sample.
    static func one(_ day: String, user: String = "ada", _ value: Double = 1) -> SampleBatch {
        var batch = SampleBatch(.acme(.users, day))
        batch.add(OneSeries.name, value, [.organization: "acme"], [.userLogin: user])
        return batch
    }

    @Test("returns every number and every label as it was sent")
    func exact() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: "30d") { backend in
            let sink = try Self.sink(backend)
            var generator = SeededGenerator(seed: 3)
            var batch = SampleBatch(.acme(.users))
            let values =
                [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, 1e308, 0x1p53]
                + (0..<200).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
            for (index, value) in values.enumerated() {
                batch.add(OneSeries.name, value, [.userLogin: "\"Grüße\\\n👋\" \(index)"])
            }
            #expect(try await sink.write(batch) == Delivery(accepted: values.count))
            let found = try await backend.query(OneSeries.name, at: batch.scope.timestamp)
            #expect(found.mapValues(\.bitPattern) == batch.values.mapValues(\.bitPattern))
        }
    }

    @Test("accepts an older day after a newer one within the window")
    func window() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: "30d") { backend in
            let sink = try Self.sink(backend)
            for day in ["2025-03-20", "2025-03-19", "2025-03-01"] {
                #expect(try await sink.write(Self.one(day)) == Delivery(accepted: 1))
            }
            let days = try await backend.query(
                OneSeries.name, from: SampleScope.acme(.users, "2025-03-01").timestamp,
                through: SampleScope.acme(.users, "2025-03-20").timestamp, step: .seconds(86_400))
            #expect(days.values.first?.count == 3)
        }
    }

    @Test("rejects a day before the window as too old, with status 500")
    func beforeWindow() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: "2d") { backend in
            let sink = try Self.sink(backend)
            _ = try await sink.write(Self.one("2025-03-20"))
            var batch = users(40, scope: .acme(.users, "2025-03-10"))
            batch.add(OneSeries.name, 1, [.userEmail: "ada@example.com", .userLogin: "ada"])
            let delivery = try await sink.write(batch)
            #expect(delivery.accepted == 0 && delivery.rejected == 41)
            let reason = try #require(delivery.reasons.first)
            #expect(reason.contains("500: ") && reason.contains("too old sample"))
            #expect(!delivery.reasons.joined().contains("example.com"))
        }
    }

    @Test("rejects an older day if there is no window, and keeps the newer one")
    func noWindow() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: nil) { backend in
            let sink = try Self.sink(backend)
            _ = try await sink.write(Self.one("2025-03-20"))
            let delivery = try await sink.write(users(300, scope: .acme(.users, "2025-03-19")))
            #expect(delivery.accepted == 0 && delivery.rejected == 300)
            #expect(delivery.reasons.first?.contains("400: out of bounds") == true)
            let found = try await backend.query(
                "count(\(OneSeries.name))", at: SampleScope.acme(.users, "2025-03-19").timestamp)
            #expect(found.isEmpty)
        }
    }

    @Test("rejects another value for an existing sample, and accepts the other series")
    func conflict() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: nil) { backend in
            let sink = try Self.sink(backend)
            #expect(try await sink.write(users(100)) == Delivery(accepted: 100))
            #expect(try await sink.write(users(100)) == Delivery(accepted: 100))
            var restated = users(100)
            restated.removeAll()
            for user in 0..<101 {
                restated.add(
                    OneSeries.name, user == 42 ? -1 : Double(user), [.organization: "acme"],
                    [.userLogin: "\(user)"])
            }
            let delivery = try await sink.write(restated)
            #expect(delivery.accepted == 100 && delivery.rejected == 1)
            let reason = try #require(delivery.reasons.first)
            #expect(reason.contains("duplicate sample for timestamp"))
            #expect(reason.contains(#"user_login="42""#))
            let found = try await backend.query(OneSeries.name, at: restated.scope.timestamp)
            #expect(found.count == 101)
            #expect(found.values.contains(42) && found.values.contains(100))
        }
    }

    @Test("leads to a hint at the right path when the address is wrong")
    func wrongPath() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: nil) { backend in
            let sink = RemoteWriteSink(
                try RemoteWriteSettings(url: "\(backend.url)/write"), backend.http)
            let failure = await #expect(throws: Failure.self) { try await sink.write(users(1)) }
            #expect(failure?.code == .misconfigured)
            #expect(failure?.message.contains("/api/v1/write") == true)
        }
    }

    @Test(
        "stores a repeated day once if it is VictoriaMetrics with deduplication",
        arguments: [true, false])
    func victoriaMetrics(isDeduplicating: Bool) async throws {
        try await Backend.withVictoriaMetrics(deduplicating: isDeduplicating) { backend in
            let sink = try Self.sink(backend)
            for value in [5.0, 5, 7] {
                let batch = Self.one("2025-03-01", value)
                #expect(try await sink.write(batch) == Delivery(accepted: 1))
            }
            let time = SampleScope.acme(.users).timestamp
            try await backend.flush()
            let last = try await backend.query("last_over_time(\(OneSeries.name)[1h])", at: time)
            let sum = try await backend.query("sum_over_time(\(OneSeries.name)[1h])", at: time)
            #expect(Array(last.values) == [7])
            #expect(Array(sum.values) == [isDeduplicating ? 7 : 17])
        }
    }
}
