import Domain
import Fakes
import Ports
import TestSupport
import Testing

@testable import RemoteWrite

/// The receiver that other tests rely on to find fault.
@Suite("A strict receiver of remote write", .serialized, .timeLimit(.minutes(3)))
struct StrictReceiverTests {
    /// A request in protobuf and Snappy, written byte by byte.
    private enum Wire {
        static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes
        }

        static func varint(_ value: UInt64) -> [UInt8] {
            value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
        }

        static func label(_ name: String, _ value: String) -> [UInt8] {
            field(1, field(1, Array(name.utf8)) + field(2, Array(value.utf8)))
        }

        static func sample(at milliseconds: UInt64 = 1_740_873_599_000) -> [UInt8] {
            field(2, [1 << 3 | 1, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 2 << 3] + varint(milliseconds))
        }

        /// One literal, which every decoder of Snappy reads.
        static func packed(_ bytes: [UInt8]) -> [UInt8] {
            let count = bytes.count - 1
            return varint(UInt64(bytes.count)) + [61 << 2, UInt8(count & 255), UInt8(count >> 8)]
                + bytes
        }
    }

    private static let name = Wire.label("__name__", "up")
    private static let good = Wire.field(1, name + Wire.label("job", "x") + Wire.sample())
    private static let fields = [
        "content-encoding": "snappy", "content-type": "application/x-protobuf",
        "x-prometheus-remote-write-version": "0.1.0", "user-agent": "test",
    ]

    /// What is wrong with a request, and words of the refusal.
    private static let wrong: [(body: [UInt8], words: String)] = [
        ([], "an empty body"),
        (good, "bytes"),  // Not compressed.
        (Wire.packed(good).dropLast(), "cut off"),
        (Wire.packed(good) + [0, 1], "of 47 bytes that says 46"),
        ([4, 1, 0], "a copy from 0 bytes back"),
        ([0xFF, 6, 0, 0] + Array("sNaPpY".utf8), "a copy"),  // The framed format.
        (Wire.packed(Wire.field(1, Wire.label("job", "x") + name + Wire.sample())), "no metric"),
        (
            Wire.packed(Wire.field(1, Wire.label("job", "x") + Wire.sample())), "no metric name"
        ),
        (Wire.packed(Wire.field(1, name + name + Wire.sample())), "a label twice"),
        (
            Wire.packed(
                Wire.field(1, name + Wire.label("b", "x") + Wire.label("a", "x") + Wire.sample())),
            "out of order"
        ),
        (
            Wire.packed(Wire.field(1, name + Wire.label("job", "") + Wire.sample())),
            "an empty value of job"
        ),
        (
            Wire.packed(Wire.field(1, name + Wire.label("jo-b", "x") + Wire.sample())),
            "the label name"
        ),
        (
            Wire.packed(Wire.field(1, Wire.label("__name__", "1up") + Wire.sample())),
            "the metric name"
        ),
        (Wire.packed(Wire.field(1, name)), "0 samples"),
        (
            Wire.packed(
                Wire.field(1, name + Wire.sample() + Wire.sample(at: 1_740_960_000_000))),
            "2 samples"
        ),
        (Wire.packed(Wire.field(1, name + Wire.sample(at: 1_740_873_599))), "milliseconds"),
        (Wire.packed(good + good), "a series twice"),
        (Wire.packed(Wire.field(2, [])), "field 2"),
        (Wire.packed(good + Wire.field(4, [1])), "field 4"),
        (
            Wire.packed(Wire.field(1, name + Wire.field(1, [0x0A, 1, 0xFF]) + Wire.sample())),
            "not UTF-8"
        ),
    ]

    private func status(
        _ backend: Backend, _ body: [UInt8], _ fields: [String: String] = fields
    ) async throws -> Int {
        try await backend.http.send(
            HTTPClientRequest("POST", backend.writeURL, fields: fields, body: body)
        ).status
    }

    @Test("refuses what the specification forbids, and says why")
    func refuses() async throws {
        try await Backend.withStrictReceiver { backend in
            for (number, (body, words)) in Self.wrong.enumerated() {
                #expect(try await status(backend, Array(body)) == 400, "request \(number)")
                let said = try await backend.refused()
                #expect(said.count == number + 1)
                // The order of labels is checked before the name is looked for.
                let isSaid = said.last?.contains(words) == true
                #expect(isSaid || words == "no metric", "\(said.last ?? "") of \(words)")
            }
            for name in Self.fields.keys {
                let rest = Self.fields.filter { $0.key != name }
                #expect(try await status(backend, Wire.packed(Self.good), rest) == 400, "\(name)")
            }
            #expect(
                try await backend.received(at: Timestamp(milliseconds: 1_740_873_599_000)).isEmpty)
        }
    }

    @Test("accepts what it allows, metadata too")
    func accepts() async throws {
        try await Backend.withStrictReceiver { backend in
            let metadata = Wire.field(3, [1 << 3, 2] + Wire.field(2, Array("up".utf8)))
            for body in [Self.good, Self.good + metadata, metadata] {
                #expect(try await status(backend, Wire.packed(body)) == 204)
            }
            #expect(try await backend.refused() == [])
            let found = try await backend.received(
                at: Timestamp(milliseconds: 1_740_873_599_000))
            #expect(found == [["__name__": "up", "job": "x"]: 1])
        }
    }

    @Test("finds no fault with ours: tags, odd labels, odd numbers, many requests")
    func ours() async throws {
        try await Backend.withStrictReceiver { backend in
            var settings = try RemoteWriteSettings(url: backend.writeURL)
            settings.authorization = .none
            let sink = RemoteWriteSink(settings, backend.http)
            var generator = SeededGenerator(seed: 8)
            var batch = SampleBatch(.acme(.users))
            let values =
                [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, 1e308, 0x1p53]
                + (0..<5_000).map { _ in Double(bitPattern: generator.next()) }
                .filter(\.isFinite)
            for (index, value) in values.enumerated() {
                batch.add(
                    OneSeries.name, value, [.organization: "acme"],
                    [.userLogin: "\"Grüße\\\n👋\" \(index)"])
            }
            #expect(try await sink.write(batch) == Delivery(accepted: values.count))
            #expect(try await backend.refused() == [])
            let found = try await backend.received(at: batch.scope.timestamp)
            #expect(found.mapValues(\.bitPattern) == batch.values.mapValues(\.bitPattern))
        }
    }
}
