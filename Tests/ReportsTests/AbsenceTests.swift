import Domain
import Fakes
import Reports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A record with any set of fields")
struct AbsenceTests {
    /// A recorded value, or instead null, nothing, zero or an empty list.
    private static func worn(
        _ value: JSONValue, _ random: inout SeededGenerator
    ) -> JSONValue? {
        switch value {
        case .object(let fields): return .object(worn(fields, keeping: [], &random))
        case .array(let elements):
            switch Int.random(in: 0..<10, using: &random) {
            case 0: return nil
            case 1: return .null
            case 2: return .array([])
            default:
                return .array(
                    elements.compactMap { element in
                        guard case .object(let fields) = element else { return element }
                        // An entry is identified by its texts, so they stay.
                        let texts = fields.filter { $0.value.text != nil }.map(\.key)
                        return .object(worn(fields, keeping: Set(texts), &random))
                    })
            }
        default:
            switch Int.random(in: 0..<5, using: &random) {
            case 0: return nil
            case 1: return .null
            case 2: return .integer(0)
            default: return value
            }
        }
    }

    private static func worn(
        _ fields: [String: JSONValue], keeping kept: Set<String>, _ random: inout SeededGenerator
    ) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        // In a fixed order, so that a seed always results in the same record.
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            result[name] = kept.contains(name) ? value : worn(value, &random)
        }
        return result
    }

    @Test(
        "has a sample for each number that is present and in the catalogue, and no other",
        arguments: [Source.organization, .users, .userTeams], 1...20 as ClosedRange<UInt64>)
    func property(source: Source, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let days = try Repository.recordedDays()
        let day = days[Int.random(in: 0..<days.count, using: &random)]
        let file =
            source == .userTeams
            ? Array(
                (1...40).map { user in
                    #"{"day":"\#(day)","user_id":\#(user),"user_login":"u\#(user)","team_id":\#(user % 5),"slug":"t\#(user % 5)"}"#
                }.joined(separator: "\n").utf8)
            : try Repository.bytes(
                "\(Repository.recordedFolder)/\(source.rawValue)/\(day).ndjson")
        let who: Set<String> =
            source == .userTeams
            ? ["day", "user_id", "user_login", "team_id", "slug"]
            : ["day", "user_id", "user_login"]
        var lines: [[UInt8]] = []
        for line in file.split(separator: 0x0A) {
            let record = try JSONDecoder().decode(JSONValue.self, from: Data(line))
            guard case .object(let fields) = record else { continue }
            let worn = Self.worn(fields, keeping: who, &random)
            lines.append([UInt8](try JSONEncoder().encode(JSONValue.object(worn))))
        }
        let text = Array(lines.joined(separator: [0x0A]))
        let expected = try Oracle.rows(of: text, source, organization: "acme")
        let read = try ReportPassTests.read([text], source, day: day)
        // The mapping adds up equal entries; the plain walk keeps them apart.
        let sums = Dictionary(grouping: expected, by: \.series).mapValues { rows in
            rows.reduce(0) { $0 + $1.value }
        }
        let found = Dictionary(
            read.rows.map { ($0.series, $0.value) },
            uniquingKeysWith: { _, _ in .nan })
        #expect(found == sums, "seed \(seed), \(source.rawValue) of \(day)")
        #expect(!sums.isEmpty)
    }

    @Test("has no sample if there are only nulls, empty lists and unknown fields")
    func nothing() throws {
        let names = [
            "loc_added_sum", "totals_by_ide", "totals_by_cli", "ai_credits_used", "pull_requests",
        ]
        for empty in ["null", "[]", "{}", #""5""#, "true"] {
            let fields = names.map { "\"\($0)\":\(empty)" }.joined(separator: ",")
            let record = #"{"day":"2026-10-05","user_id":1,"user_login":"u",\#(fields)}"#
            #expect(try ReportPassTests.read(record, .users).rows.isEmpty, "\(empty)")
        }
    }
}
