import Domain
import Fakes
import Ports
import TestSupport
import Testing

@testable import RemoteWrite

@Suite("Remote write of samples about the collector", .serialized, .timeLimit(.minutes(3)))
struct CollectorReportTests {
    @Test("sends one request with sorted labels, the tags among them if the backend wants them")
    func request() async throws {
        for isCoralogix in [false, true] {
            let backend = ScriptedBackend { _, _ in HTTPClientResponse(200) }
            let sink = try RemoteWriteSink(backend) {
                if isCoralogix { $0.backend = .coralogix }
            }
            let report = CollectorReport.example()
            #expect(try await sink.write(report) == Delivery(accepted: 12))
            #expect(backend.received.count == 1)
            let series = try #require(backend.received.first?.series)
            #expect(series.count == 12)
            for one in series {
                let names = one.labels.map(\.name)
                #expect(names == names.sorted())
                #expect(names.contains("cx_application_name") == isCoralogix)
                #expect(one.samples.map(\.milliseconds) == [1_740_895_200_148])
            }
        }
    }

    @Test("reports a refusal, and gives up on a backend that is down after a retry")
    func refusal() async throws {
        let refusing = ScriptedBackend { _, _ in HTTPClientResponse(400, "too old sample") }
        let delivery = try await RemoteWriteSink(refusing).write(.example())
        #expect(delivery.accepted == 0 && delivery.rejected == 12)
        #expect(delivery.reasons == ["400: too old sample"])

        let down = ScriptedBackend { _, _ in HTTPClientResponse(503) }
        let failure = await #expect(throws: Failure.self) {
            _ = try await RemoteWriteSink(down).write(.example())
        }
        #expect(failure?.code == .unavailable)
        #expect(down.received.count == 2)
    }

    @Test("gives a real Prometheus no conflicts: same second, again, out of order")
    func prometheus() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: "30d") { backend in
            let sink = RemoteWriteSink(
                try RemoteWriteSettings(url: backend.writeURL), backend.http)
            let reports: [CollectorReport] = [
                .example(collecting: "2025-03-01"),
                // Another day in the same second, and an older one that ends later.
                .example(collecting: "2025-02-28", outcome: .failed, samples: 0),
                .example(collecting: "2025-02-27", at: "2025-03-02T05:59:10Z", outcome: .restated),
                // The same day again, a retry later; and a replay of the first report.
                .example(collecting: "2025-02-28", at: "2025-03-02T06:01:00Z", outcome: .written),
                .example(collecting: "2025-03-01"),
            ]
            for report in reports {
                #expect(try await sink.write(report) == Delivery(accepted: 12))
            }
            let found = try await backend.query(
                "sum by (outcome) (sum_over_time(copilot_usage_collector_outcome[1d])) > 0",
                at: try #require(Timestamp("2025-03-03T00:00:00Z")))
            #expect(
                found == [
                    ["outcome": "written"]: 2, ["outcome": "failed"]: 1, ["outcome": "restated"]: 1,
                ])
        }
    }
}

@Suite("Metadata", .serialized, .timeLimit(.minutes(3)))
struct MetadataTests {
    /// A backend that keeps apart requests with series and requests with metadata.
    static func sink(
        metadataStatus: Int = 204, _ received: RequestLog
    ) throws -> RemoteWriteSink {
        var settings = try RemoteWriteSettings(url: "https://backend.example/api/v1/write")
        settings.sendsMetadata = true
        let transport = ScriptedTransport { request throws(Failure) in
            do {
                let body = try WireDecoder.decompress(request.body)
                guard body.first == 26 else {
                    received.note(series: try WireDecoder.series(body).count)
                    return HTTPClientResponse(204)
                }
                received.note(metadata: try WireDecoder.metadata(body))
                return HTTPClientResponse(metadataStatus, "metadata is not supported")
            } catch {
                throw Failure(.malformedReply, "\(error)")
            }
        }
        return RemoteWriteSink(settings, transport)
    }

    @Test("is sent once a day, with help, type and unit, after samples were accepted")
    func once() async throws {
        let received = RequestLog()
        let sink = try Self.sink(received)
        for count in [3, 2] {
            #expect(try await sink.write(users(count)) == Delivery(accepted: count))
        }
        _ = try await sink.write(.example())
        #expect(received.series == [3, 2, 12])
        let metadata = try #require(received.metadata.first)
        #expect(received.metadata.count == 1)
        #expect(metadata.count == Catalogue.every.count + 12 - 1)
        #expect(metadata.allSatisfy { $0.type == 2 && !$0.help.isEmpty && !$0.unit.isEmpty })
        let lines = metadata.first { $0.name == "github_copilot_org_loc_added_sum" }
        #expect(lines?.unit == "lines")
        #expect(metadata.contains { $0.name == "copilot_usage_collector_duration_seconds" })
    }

    @Test("costs no samples if the backend refuses it", arguments: [400, 415, 404, 500, 503])
    func refused(status: Int) async throws {
        let received = RequestLog()
        let sink = try Self.sink(metadataStatus: status, received)
        for count in [3, 2] {
            #expect(try await sink.write(users(count)) == Delivery(accepted: count))
        }
        #expect(received.series == [3, 2])
        // One try, and a retry where the status promises that one may help; then not until tomorrow.
        #expect((1...2).contains(received.metadata.count))
    }

    @Test("is not sent by a sink that was not asked to")
    func off() async throws {
        let backend = ScriptedBackend { _, _ in HTTPClientResponse(204) }
        _ = try await RemoteWriteSink(backend).write(users(3))
        #expect(backend.received.count == 1)
    }

    @Test("is taken by real backends beside the samples")
    func backends() async throws {
        func check(_ backend: Backend) async throws {
            var settings = try RemoteWriteSettings(url: backend.writeURL)
            settings.sendsMetadata = true
            let sink = RemoteWriteSink(settings, backend.http)
            #expect(try await sink.sendMetadata().rejected == 0)
            #expect(try await sink.write(users(3)) == Delivery(accepted: 3))
        }
        try await Backend.withPrometheus(outOfOrderWindow: "30d") { try await check($0) }
        try await Backend.withVictoriaMetrics(deduplicating: true) { try await check($0) }
    }
}
