import Domain
import Fakes
import Ports
import TestSupport
import Testing

@testable import RemoteWrite

@Suite("A probe", .timeLimit(.minutes(5)))
struct ProbeTests {
    private static let moment = Timestamp(seconds: 1_741_046_399)  // 2025-03-03T23:59:59Z

    @Test("is one sample about the collector, sent like any other sample")
    func wire() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(200) }
        let sink = try RemoteWriteSink(backend) { $0.authorization = .bearer(Secret("hunter2")) }
        #expect(try await sink.probe(at: Self.moment) == Delivery(accepted: 1))
        let exchange = try #require(backend.received.first)
        #expect(backend.received.count == 1)
        #expect(
            exchange.series == [
                WireDecoder.Series(
                    labels: [
                        WireDecoder.Label(
                            name: "__name__", value: "copilot_usage_collector_doctor_probe")
                    ],
                    samples: [
                        WireDecoder.Sample(
                            bits: (1.0).bitPattern, milliseconds: Self.moment.milliseconds)
                    ])
            ])
        let field = try #require(exchange.request.secretFields["authorization"])
        #expect(field.reveal { $0 } == "Bearer hunter2")
    }

    @Test(
        "names the variable to correct",
        arguments: [
            (401, Failure.Code.unauthorized, "REMOTE_WRITE_BEARER_TOKEN"),
            (403, .unauthorized, "REMOTE_WRITE_BEARER_TOKEN"),
            (404, .misconfigured, "/api/v1/write"),
        ])
    func refusals(status: Int, code: Failure.Code, words: String) async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(status, "no") }
        let sink = try RemoteWriteSink(backend)
        let failure = await #expect(throws: Failure.self) { try await sink.probe(at: Self.moment) }
        #expect(failure?.code == code)
        #expect(failure?.message.contains(words) == true)
    }

    @Test("fails on a 204 from Coralogix, which means an empty request")
    func coralogix() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(204) }
        let sink = try RemoteWriteSink(.coralogix(domain: "eu2", apiKey: Secret("cxtp")), backend)
        let failure = await #expect(throws: Failure.self) { try await sink.probe(at: Self.moment) }
        #expect(failure?.code == .malformedReply)
        #expect(failure?.message.contains("204") == true)
    }

    @Test("finds out whether a real Prometheus accepts older samples", arguments: [nil, "7d"])
    func prometheus(window: String?) async throws {
        try await Backend.withPrometheus(outOfOrderWindow: window) { backend in
            let sink = try RealBackendTests.sink(backend)
            let later = Self.moment.advanced(by: .seconds(43_200))
            #expect(try await sink.probe(at: later) == Delivery(accepted: 1))
            let delivery = try await sink.probe(at: Self.moment)
            if window == nil {
                #expect(delivery.accepted == 0 && delivery.rejected == 1)
                #expect(delivery.reasons.first?.contains("out of") == true, "\(delivery)")
            } else {
                #expect(delivery == Delivery(accepted: 1))
                // A repeated probe changes nothing.
                #expect(try await sink.probe(at: Self.moment) == Delivery(accepted: 1))
                let found = try await backend.query(RemoteWriteSink.probeName, at: Self.moment)
                #expect(Array(found.values) == [1])
            }
        }
    }
}
