import Domain
import Fakes
import TestSupport
import Testing

@testable import Reports

@Suite("A document that is read in pieces")
struct PieceTests {
    /// What a reading came to: two are the same if nobody could tell which one was in pieces.
    enum Outcome: Equatable {
        case read(rows: [Row], survey: ReportSurvey)
        case broken(line: Int, offset: Int)
    }

    /// Reads files, each of which is a report's text.
    static func outcome(
        _ files: [String], _ source: Source, pieceByteCount: Int, chunk: Int,
        leavingOut replaced: Set<Int> = [], heldByteCountMax: Int = ReportPass.heldByteCountMax
    ) throws -> Outcome {
        var pass = ReportPass(
            scope: try ReportPassTests.scope(source), identity: Identity(.full),
            members: MemberTable(), leavingOut: replaced, isSecond: false,
            pieceByteCount: pieceByteCount, heldByteCountMax: heldByteCountMax)
        do throws(ReportError) {
            let rows = try pass.rows(of: files.map { Array($0.utf8) }, chunk: chunk)
            return .read(rows: rows.sorted(), survey: pass.survey)
        } catch {
            return .broken(line: error.line, offset: error.offset)
        }
    }

    /// Says that files read the same in pieces of any size, in chunks of any size.
    static func expectSame(
        _ files: [String], _ source: Source, _ what: String
    ) throws -> Outcome {
        let whole = try outcome(files, source, pieceByteCount: 1 << 40, chunk: 1 << 20)
        for (pieceByteCount, chunk) in [(0, 1), (40, 7), (200, 1 << 20)] {
            let pieces = try outcome(files, source, pieceByteCount: pieceByteCount, chunk: chunk)
            #expect(pieces == whole, "\(what): \(pieceByteCount), \(chunk): \(files)")
            guard pieces == whole else { break }
        }
        return whole
    }

    @Test(
        "says the same as when it is read whole",
        arguments: GeneratedReport.Layout.allCases, [Source.organization, .users, .userTeams])
    func property(layout: GeneratedReport.Layout, source: Source) throws {
        for group in 0..<2 as Range<UInt64> {
            let files = (1...10).map { seed in
                GeneratedReport(seed: group * 10 + seed, layout: layout, day: "2026-10-05").text
            }
            let whole = try Self.expectSame(files, source, "group \(group)")
            guard case .read(let rows, let survey) = whole else {
                Issue.record("group \(group) is broken: \(files)")
                continue
            }
            #expect(!rows.isEmpty && survey.replaced.count > 10)
            // The second reading leaves records out, wherever they were cut.
            let second = try Self.outcome(
                files, source, pieceByteCount: 30, chunk: 50, leavingOut: survey.replaced)
            guard case .read(let rest, let again) = second else { continue }
            #expect(rest.count == survey.samples && again.digest == survey.digest)
        }
    }

    @Test("is broken where it is broken as a whole", arguments: GeneratedReport.Layout.allCases)
    func broken(layout: GeneratedReport.Layout) throws {
        var brokenCount = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            let text = GeneratedReport(seed: seed, layout: layout, day: "2026-10-05").text
            var bytes = Array(text.utf8)
            var random = SeededGenerator(seed: seed)
            let marks = bytes.indices.filter { Array("[]{},:\"".utf8).contains(bytes[$0]) }
            let mark = try #require(marks.randomElement(using: &random))
            let other = try #require(Array("[]{},:\n".utf8).randomElement(using: &random))
            switch seed % 4 {
            case 0: bytes.remove(at: mark)
            case 1: bytes.insert(other, at: mark + Int(random.next() % 2))
            case 2: bytes[mark] = other
            default: bytes.removeSubrange(mark...)
            }
            let damaged = String(decoding: bytes, as: UTF8.self)
            let whole = try Self.expectSame([damaged], .organization, "seed \(seed)")
            if case .broken = whole { brokenCount += 1 }
        }
        #expect(brokenCount > 20)
    }

    @Test(
        "is not mended by a cut",
        arguments: [
            "[{\"day\":\"2026-10-05\"},]", "[,{\"day\":\"2026-10-05\"}]", "[   ,]", "[{},,{}]",
            "{\"day\":\"2026-10-05\",\"a\":[1,2,]}", "{\"day\":\"2026-10-05\",\"a\":[1,2}",
            "{\"day\":\"2026-10-05\",\"a\":[1,2],}", "{\"day\":\"2026-10-05\",\"a\":[1,2]",
            "{\"day\":\"2026-10-05\",\"a\":[1,2]}]", "{\"day\":\"2026-10-05\",\"a\":[1,2]} {}",
            "{\"day\":\"2026-10-05\",\"a\":[1,2],3}",
            "{\"day\":\"2026-10-05\",\"a\":{\"b\":1,[2,3]}}",
            "{\"day_totals\":[{},{}}", "{\"day_totals\":[{},{}],}", "[{},{}],[{}]", "[{}],{}",
        ])
    func mended(text: String) throws {
        let whole = try Self.expectSame([text], .organization, "broken")
        #expect(whole == .broken(line: 1, offset: 0))
    }

    @Test("is cut behind fields and entries, and goes on in the same containers")
    func pieces() throws {
        let report =
            #"{"day":1,"a":{"b":2,"c":[{"d":3,"e":4},5]},"f":6}"# + "\n"
            + #"[{"g":1},{"day":2,"h":[[7,8]]}]"#
        var lines = LineBuffer(identity: [Array("day".utf8)], pieceByteCount: 0)
        lines.append(Array(report.utf8))
        var pieces: [String] = []
        var depths: [Int?] = []
        while let piece = lines.next() ?? lines.next(isAtEnd: true) {
            pieces.append(String(decoding: lines.bytes[piece.range], as: UTF8.self))
            depths.append(piece.depthInRecord)
        }
        #expect(
            pieces == [
                #"{"day":1}"#, #"{"a":{"b":2}}"#, #"{"a":{"c":[{"d":3,"e":4}]}}"#,
                #"{"a":{"c":[5]}}"#, #"{"f":6}"#,
                #"[{"g":1}]"#, #"[{"day":2}]"#, #"[{"h":[[7]]}]"#, #"[{"h":[[8]]}]"#,
            ])
        #expect(depths == [nil, 0, 1, 2, 0, nil, nil, 0, 2])
    }

    @Test("is held no longer than a piece and an entry", arguments: [true, false])
    func memory(isOneList: Bool) throws {
        let entry = #"{"ide":"vim","loc_added_sum":1}"#
        let entries = Array(repeating: entry, count: 50_000).joined(separator: ", ")
        let text =
            isOneList
            ? "[\n\(entries)\n]" : #"{"day":"2026-10-05","totals_by_ide":[\#(entries)]}"#
        var lines = LineBuffer(identity: [Array("day".utf8)], pieceByteCount: 10_000)
        let file = Array(text.utf8)
        var longest = 0
        for start in stride(from: 0, to: file.count, by: 4_096) {
            lines.append(Array(file[start..<min(file.count, start + 4_096)]))
            while let piece = lines.next() { longest = max(longest, piece.range.count) }
        }
        #expect(longest > 10_000 && longest < 10_100)
        #expect(lines.bytes.count < 20_000)
    }

    @Test("adds up entries with the same labels, up to a number of others between them")
    func repeatedEntries() throws {
        let count = Breakdown.rowCountMax
        for (between, isLate) in [(2, false), (count, false), (2 * count, true)] {
            let names = ["others"] + (1..<between).map { "ide\($0)" } + ["others"]
            let entries = names.map { #"{"ide":"\#($0)","loc_added_sum":2}"# }
            let text = #"{"day":"2026-10-05","totals_by_ide":[\#(entries.joined(separator: ","))]}"#
            let outcome = try Self.outcome(
                [text], .organization, pieceByteCount: 1_000, chunk: 10_000)
            guard case .read(let rows, let survey) = outcome else {
                Issue.record("broken")
                return
            }
            #expect(
                rows.filter { $0.labels["ide"] == "others" }.map(\.value) == [isLate ? 2 : 4])
            #expect(rows.count == between)
            #expect(survey.notes.map { $0.contains("were left out") } == [isLate])
        }
    }

    @Test("is refused when it is too long to be held and cannot be cut")
    func tooLong() throws {
        let text = #"{"x":1"# + String(repeating: #","a":1"#, count: 100)
        for (max, isRefused) in [(2_000, false), (500, true)] {
            let record = text + #","day":"2026-10-05"}"#
            let outcome = try Self.outcome(
                [record], .organization, pieceByteCount: 10, chunk: 100, heldByteCountMax: max)
            #expect((outcome == .broken(line: 1, offset: 0)) == isRefused)
        }
    }
}
