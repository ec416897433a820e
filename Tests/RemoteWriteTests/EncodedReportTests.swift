import Domain
import Fakes
import Reports
import TestSupport
import Testing

@testable import RemoteWrite

@Suite("A report's series on the wire")
struct EncodedReportTests {
    /// The encoded series of a report, sorted, as the product reads and encodes them.
    private func encoded(_ report: [UInt8], _ scope: SampleScope) throws -> [[UInt8]] {
        var pass = ReportPass(scope: scope, identity: Identity(.full))
        var buffer = SeriesBuffer()
        pass.beginFile()
        // Several batches, to test what is kept from one to the next.
        for start in stride(from: 0, to: report.count, by: 5_000) {
            try pass.feed(Array(report[start..<min(start + 5_000, report.count)]))
            try append(pass.batch, to: &buffer)
            pass.clearBatch()
        }
        try pass.endFile()
        try append(pass.batch, to: &buffer)
        let series = EncodedSeries(buffer.bytes)
        #expect(series.count == buffer.count)
        return (0..<series.count).map { Array(series.bytes(of: $0..<$0 + 1)) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func append(_ batch: SampleBatch, to buffer: inout SeriesBuffer) throws {
        let encoder = SeriesEncoder(batch, tags: nil, valueByteCountMax: nil)
        var rest = batch.samples[...]
        // A small bound, which sometimes splits a run of samples with the same labels.
        while !rest.isEmpty {
            let bound = SeriesBuffer.Bound(count: buffer.count + 7, byteCount: .max)
            #expect(encoder.append(&rest, to: &buffer, upTo: bound).isEmpty)
        }
    }

    /// The same by a simple reading and a simple encoding, which share no code with the product.
    private func expected(_ report: [UInt8], _ scope: SampleScope) throws -> [[UInt8]] {
        try Oracle.rows(of: report, scope.source, organization: scope.organization.description)
            .map { row in
                let labels = row.labels.map { ($0.key, $0.value) } + [("__name__", row.name)]
                return ReferenceEncoding.series(labels, row.value, at: scope.timestamp)
            }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test(
        "equal those of a simple reading and encoding, for every recorded day",
        arguments: try Repository.recordedDays(), [Source.organization, .users])
    func recorded(day: String, source: Source) throws {
        let report = try Repository.bytes(
            "\(Repository.recordedFolder)/\(source.rawValue)/\(day).ndjson")
        let scope = SampleScope.acme(source, day)
        let series = try encoded(report, scope)
        #expect(!series.isEmpty)
        #expect(try series == expected(report, scope))
    }

    @Test(
        "equal those of a simple reading and encoding, for generated days",
        arguments: 0..<8 as Range<UInt64>)
    func generated(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let report = (0..<40).map { user in Self.line(user, &random) }.joined(separator: "\n")
        let scope = SampleScope.acme(.users)
        let series = try encoded(Array(report.utf8), scope)
        #expect(series.count > 400)
        #expect(try series == expected(Array(report.utf8), scope))
    }

    // Fields are in any order and may be absent. Numbers have every form of JSON.
    private static func line(_ user: Int, _ random: inout SeededGenerator) -> String {
        let numbers = ["0", "1", "17", "0.5", "1e3", "12345678901", "2.25"]
        func values(_ names: [String]) -> [String] {
            names.shuffled(using: &random).prefix(.random(in: 1...names.count, using: &random)).map
            {
                "\"\($0)\":\(numbers.randomElement(using: &random) ?? "0")"
            }
        }
        let counts = [
            "user_initiated_interaction_count", "code_generation_activity_count", "loc_added_sum",
            "loc_deleted_sum", "loc_suggested_to_add_sum",
        ]
        func list(_ name: String, _ label: String, _ words: [String]) -> String {
            let entries = words.shuffled(using: &random).prefix(.random(in: 1...3, using: &random))
                .map { word in
                    let fields = values(counts) + ["\"\(label)\":\"\(word)\""]
                    return "{\(fields.shuffled(using: &random).joined(separator: ","))}"
                }
            return "\"\(name)\":[\(entries.joined(separator: ","))]"
        }
        let fields =
            [
                #""day":"2025-03-01""#, "\"user_id\":\(user + 1)",
                "\"user_login\":\"user-\(user)\"",
                list("totals_by_ide", "ide", ["vscode", "vim", "visual \u{1F600} studio"]),
                list("totals_by_feature", "feature", ["code_completion", "agent_edit", "chat"]),
            ] + values(counts)
        return "{\(fields.shuffled(using: &random).joined(separator: ","))}"
    }
}
