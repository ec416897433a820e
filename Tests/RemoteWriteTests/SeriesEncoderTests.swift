import Domain
import Fakes
import Ports
import TestSupport
import Testing

@testable import RemoteWrite

@Suite("The remote-write encoder")
struct SeriesEncoderTests {
    /// Encodes a batch with the product's encoder.
    static func encoded(_ batch: SampleBatch, tags: SampleTags? = nil) throws -> EncodedSeries {
        let labels = try tags.map { try TagLabels($0, valueByteCountMax: nil) }
        let encoder = SeriesEncoder(batch, tags: labels, valueByteCountMax: nil)
        var buffer = SeriesBuffer()
        for sample in batch.samples { #expect(encoder.append(sample, to: &buffer)) }
        #expect(buffer.count == batch.samples.count)
        return EncodedSeries(buffer.bytes)
    }

    @Test("encodes one series as these bytes")
    func golden() throws {
        var batch = SampleBatch(.acme(.members, "1970-01-01"))
        batch.add("github_copilot_user_team_membership", 1, [.organization: "acme"])
        let bytes = try Self.encoded(batch).bytes(of: 0..<1)
        // Encoded by hand: 86,399,000 ms are 0x98 0xB0 0x99 0x29 in groups of seven bits.
        var expected: [UInt8] = [0x0A, 87, 0x0A, 47, 0x0A, 8] + Array("__name__".utf8)
        expected += [0x12, 35] + Array("github_copilot_user_team_membership".utf8)
        expected += [0x0A, 20, 0x0A, 12] + Array("organization".utf8)
        expected += [0x12, 4] + Array("acme".utf8)
        expected += [0x12, 14, 0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
        expected += [0x10, 0x98, 0xB0, 0x99, 0x29]
        #expect(Array(bytes) == expected)
    }

    @Test("encodes like the simple encoding, byte for byte", arguments: 0..<16 as Range<UInt64>)
    func reference(seed: UInt64) throws {
        let batch = randomBatch(seed: seed)
        let plain = try Self.encoded(batch)
        #expect(Array(plain.bytes(of: 0..<plain.count)) == ReferenceEncoding.request(batch))

        let tags = SampleTags(application: "copilot", subsystem: "Grüße")
        let tagged = try Self.encoded(batch, tags: tags)
        let expected = ReferenceEncoding.request(
            batch, tags: [("cx_application_name", "copilot"), ("cx_subsystem_name", "Grüße")])
        #expect(Array(tagged.bytes(of: 0..<tagged.count)) == expected)
    }

    @Test("follows the rules of the specification for labels", arguments: 16..<24 as Range<UInt64>)
    func labels(seed: UInt64) throws {
        let batch = randomBatch(seed: seed)
        let buffer = try Self.encoded(batch, tags: SampleTags(application: "copilot"))
        let body = Snappy.compress(buffer.bytes(of: 0..<buffer.count))
        let series = try WireDecoder.series(inBody: body)
        #expect(series.count == batch.samples.count)
        for (series, sample) in zip(series, batch.samples) {
            let names = series.labels.map(\.name)
            #expect(names.first == "__name__")
            #expect(names == names.sorted() && Set(names).count == names.count)
            #expect(series.labels.allSatisfy { !$0.name.isEmpty && !$0.value.isEmpty })
            #expect(
                series.samples == [
                    .init(bits: sample.value.bitPattern, milliseconds: 1_740_873_599_000)
                ])
        }
    }

    @Test("sorts every pair of labels around the tags", arguments: Label.allCases)
    func tags(first: Label) throws {
        for second in Label.allCases where first < second {
            for (head, tail) in [
                ([first, second], []), ([first], [second]), ([], [first, second]),
            ] {
                var batch = SampleBatch(.acme(.users))
                let blocks = [head, tail].map { labels in
                    for label in labels { batch.addLabel(label, "x") }
                    return batch.endBlock()
                }
                batch.add(MetricID.all[0], 1, head: blocks[0], tail: blocks[1])
                let tags = SampleTags(application: "a", subsystem: "b")
                let buffer = try Self.encoded(batch, tags: tags)
                let series = try WireDecoder.series(Array(buffer.bytes(of: 0..<1)))
                let names = try #require(series.first).labels.map(\.name)
                #expect(names.count == 5 && names == names.sorted())
            }
        }
    }

    @Test("has no label between the names of the tags")
    func tagPlace() {
        for label in Label.allCases {
            let isAfter = label.description > TagLabels.subsystem
            #expect(isAfter == (label.description > TagLabels.application))
            #expect(isAfter == (label >= TagLabels.next))
        }
    }

    @Test("never sends the NaN that ends a series, but any other")
    func staleMarker() throws {
        for (sent, found) in [
            (0x7FF0_0000_0000_0002, 0x7FF8_0000_0000_0000), (0x7FF8_0000_0000_0001, nil),
            (0x7FF8_0000_0000_0000, nil),
        ] as [(UInt64, UInt64?)] {
            var batch = SampleBatch(.acme(.users))
            batch.add(OneSeries.name, Double(bitPattern: sent), [.organization: "acme"])
            let buffer = try Self.encoded(batch)
            let series = try WireDecoder.series(Array(buffer.bytes(of: 0..<1)))
            #expect(series.first?.samples.first?.bits == found ?? sent)
        }
    }

    @Test("names a rejected series without a person's name and address")
    func names() throws {
        var batch = SampleBatch(.acme(.users))
        batch.add(
            OneSeries.name, 1, [.organization: "acme"],
            [.userEmail: "ada@example.com", .userID: "7", .userLogin: "ada", .userName: "Ada L."])
        let expected = "\(OneSeries.name){organization=\"acme\",user_id=\"7\",user_login=\"ada\"}"
        let buffer = try Self.encoded(batch)
        #expect(SeriesName.text(ofEncoded: buffer.bytes(of: 0..<1)) == expected)
        #expect(SeriesName.text(of: batch.samples[0], in: batch) == expected)
    }

    @Test(
        "splits requests by count and by bytes, and loses no series",
        arguments: [(1, 1 << 20), (7, 1 << 20), (1_000, 1 << 20), (1_000, 2_000), (1_000, 1)])
    func requests(countMax: Int, byteCountMax: Int) throws {
        let buffer = try Self.encoded(randomBatch(seed: 99))
        let requests = buffer.requests(countMax: countMax, byteCountMax: byteCountMax)
        #expect(requests.flatMap { Array($0) } == Array(0..<buffer.count))
        for request in requests {
            #expect(request.count <= countMax)
            #expect(buffer.bytes(of: request).count <= byteCountMax || request.count == 1)
        }
    }

    @Test("compresses in blocks, not frames, within the documented worst case")
    func snappy() throws {
        var generator = SeededGenerator(seed: 5)
        for count in [0, 1, 100, 70_000, 2_000_000] {
            let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let block = Snappy.compress(noise[...])
            #expect(block.count <= count + count / 6 + 32)
            #expect(!block.starts(with: [0xFF, 0x06, 0x00, 0x00]))
            #expect(try WireDecoder.decompress(block) == noise)
            #expect(Snappy.decompress(block) == noise)
        }
        let limits = RemoteWriteSettings.Limits()
        let worst = limits.requestByteCountMax + limits.requestByteCountMax / 6 + 32
        #expect(worst < 2_411_724)
    }
}

/// A metric for tests that need one series.
enum OneSeries {
    static let name = "github_copilot_user_loc_added_sum"
}
