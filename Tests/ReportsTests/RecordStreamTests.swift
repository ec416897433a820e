import Domain
import Fakes
import TestSupport
import Testing

@testable import Reports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The records of a file")
struct RecordStreamTests {
    /// The result of a reading; two are the same if no caller could tell them apart.
    private enum Outcome: Equatable {
        case read(rows: [Row], survey: ReportSurvey)
        case broken(line: Int, record: Int?, offset: Int)
    }

    private static func outcome(
        _ files: [String], _ source: Source, chunk: Int = 1 << 20,
        leavingOut replaced: ReplacedRecords = []
    ) throws -> Outcome {
        do {
            let read = try ReportPassTests.read(
                files.map { Array($0.utf8) }, source, chunk: chunk, leavingOut: replaced)
            return .read(rows: read.rows.sorted(), survey: read.survey)
        } catch let error as ReportError {
            return .broken(line: error.line, record: error.record, offset: error.offset)
        }
    }

    /// Expects that files read the same in chunks of any size.
    private static func expectSame(
        _ files: [String], _ source: Source, _ what: String
    ) throws -> Outcome {
        let whole = try outcome(files, source)
        for chunk in [1, 7, 200] {
            let cut = try outcome(files, source, chunk: chunk)
            #expect(cut == whole, "\(what): chunks of \(chunk): \(files)")
            guard cut == whole else { break }
        }
        return whole
    }

    /// The items of a file, as text and place.
    private static func items(_ file: String, chunk: Int) throws -> [String] {
        var stream = RecordStream(file: 1, recordByteCountMax: 1_000)
        var items: [String] = []
        let bytes = Array(file.utf8)
        func take(_ item: RecordStream.Item?) -> Bool {
            guard let item else { return false }
            let text = String(decoding: stream.bytes[item.range], as: UTF8.self)
            let element = item.element.map { "#\($0) " } ?? ""
            items.append("\(item.line):\(item.offset) \(element)\(text)")
            return true
        }
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            stream.append(Array(bytes[start..<min(bytes.count, start + chunk)]))
            while take(try stream.next()) {}
        }
        while take(try stream.next(isAtEnd: true)) {}
        return items
    }

    @Test(
        "are lines, elements of a list or of `day_totals`, and the document around those",
        arguments: [
            ("{\"a\":1}\n\n [2]\r\n{}", ["1:0 {\"a\":1}", "3:9  [2]\r", "4:15 {}"]),
            ("\n{\n\"a\":1}\n{}\n{\n", ["2:1 {\n\"a\":1}", "4:10 {}", "5:13 {"]),
            (
                "[{\"a\":[1,{}]},\n {}\n , 3 ]\n{}\n",
                ["1:1 #1 {\"a\":[1,{}]}", "2:16 #2 {}\n ", "3:22 #3 3 ", "1:0 []", "4:26 {}"]
            ),
            ("[]", ["1:0 []"]), ("\n[ \n]\n", ["2:1 []"]),
            ("[1,]", ["1:1 #1 1", "1:0 ", "1:0 []"]),
            (
                "{\"x\":[1],\"day_totals\" : [{},\n{}],\"y\":[\n2,3]}\n{}",
                [
                    "1:25 #1 {}", "2:29 #2 {}", "1:0 {\"x\":[1],\"day_totals\" : [],\"y\":[\n2,3]}",
                    "4:45 {}",
                ]
            ),
            (#"{"a":{"day_totals":[1,2]}}"#, [#"1:0 {"a":{"day_totals":[1,2]}}"#]),
            (#"{"a\"day_totals":[1,2]}"#, [#"1:0 {"a\"day_totals":[1,2]}"#]),
            (#"{"a":"day_totals","b":[1,2]}"#, [#"1:0 {"a":"day_totals","b":[1,2]}"#]),
            (#"["],[\"","b"]"#, [#"1:1 #1 "],[\"""#, #"1:9 #2 "b""#, "1:0 []"]),
        ])
    func items(file: String, items: [String]) throws {
        for chunk in [1, 3, 1_000] { #expect(try Self.items(file, chunk: chunk) == items) }
    }

    @Test(
        "of a list or of `day_totals` are read like the same records on lines",
        arguments: GeneratedReport.Layout.allCases, [Source.organization, .users, .userTeams])
    func property(layout: GeneratedReport.Layout, source: Source) throws {
        for group in 0..<2 as Range<UInt64> {
            let reports = (1...10).map { seed in
                GeneratedReport(seed: group * 10 + seed, layout: layout, day: "2026-10-05")
            }
            let read = try Self.expectSame(reports.map(\.text), source, "group \(group)")
            let lines = try Self.outcome(reports.map(\.lines), source)
            guard case .read(let rows, let survey) = read, case .read(let same, let plain) = lines
            else {
                Issue.record("group \(group) is broken: \(reports.map(\.text))")
                continue
            }
            #expect(rows == same && survey.digest == plain.digest)
            // Only the places are others.
            let notes = [survey, plain].map { survey in
                survey.notes.map { note in note.split(separator: ": file").first }
            }
            #expect(notes[0] == notes[1])
            #expect(survey.replaced == plain.replaced && survey.snapshot == plain.snapshot)
            #expect(!rows.isEmpty && survey.replaced.count > 10)
            // The second reading skips the same records.
            let second = try Self.outcome(
                reports.map(\.text), source, chunk: 50, leavingOut: survey.replaced)
            guard case .read(let rest, let again) = second else { continue }
            #expect(rest.count == survey.samples && again.digest == survey.digest)
        }
    }

    @Test("are broken if the file is not JSON", arguments: GeneratedReport.Layout.allCases)
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
            let outcome = try Self.expectSame([damaged], .organization, "seed \(seed)")
            let isBroken = if case .broken = outcome { true } else { false }
            #expect(isBroken == !Self.isJSON(damaged, layout), "seed \(seed): \(damaged)")
            if isBroken { brokenCount += 1 }
        }
        #expect(brokenCount > 20)
    }

    /// Whether another parser reads the file: its first document, and a document on each other line.
    private static func isJSON(_ text: String, _ layout: GeneratedReport.Layout) -> Bool {
        func isDocument(_ text: some StringProtocol) -> Bool {
            (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) != nil
        }
        // That parser accepts line breaks in strings, and a comma after the last field.
        let parts = text.replacing("\\\\", with: "").replacing("\\\"", with: "").split(
            separator: "\"", omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            let isString = !place.isMultiple(of: 2)
            guard
                isString ? !part.contains("\n") : !part.filter({ !$0.isWhitespace }).contains(",}")
            else { return false }
        }
        guard layout == .lines else { return isDocument(text) }
        let lines = text.split(separator: "\n")
        return lines.indices.contains { end in
            isDocument(lines[...end].joined(separator: "\n"))
                && lines[(end + 1)...].allSatisfy {
                    $0.allSatisfy(\.isWhitespace) || isDocument($0)
                }
        }
    }

    @Test(
        "do not hide a mistake in the document around them",
        arguments: [
            "[{\"day\":\"2026-10-05\"},]", "[,{\"day\":\"2026-10-05\"}]", "[   ,]", "[{},,{}]",
            "{\"day\":\"2026-10-05\",\"a\":[1,2,]}", "{\"day\":\"2026-10-05\",\"a\":[1,2}",
            "{\"day\":\"2026-10-05\",\"a\":[1,2],}", "{\"day\":\"2026-10-05\",\"a\":[1,2]",
            "{\"day\":\"2026-10-05\",\"a\":[1,2]}]", "{\"day\":\"2026-10-05\",\"a\":[1,2]} {}",
            "{\"day\":\"2026-10-05\",\"a\":[1,2],3}",
            "{\"day\":\"2026-10-05\",\"a\":{\"b\":1,[2,3]}}",
            "{\"day_totals\":[{},{}}", "{\"day_totals\":[{},{}],}", "[{},{}],[{}]", "[{}],{}",
        ])
    func mistakes(text: String) throws {
        let outcome = try Self.expectSame([text], .organization, "broken")
        #expect(outcome == .broken(line: 1, record: nil, offset: 0))
    }

    @Test("are named by line, number and byte where one is broken")
    func place() throws {
        let list = "[\n{},\n  {\"day\":},\n{}]"
        #expect(
            try Self.expectSame([list], .organization, "list")
                == .broken(line: 3, record: 2, offset: 8))
        let cut = "{\"day_totals\":[{},{\"day\":"
        #expect(
            try Self.expectSame([cut], .organization, "cut")
                == .broken(line: 1, record: 2, offset: 18))
    }

    @Test("are held one at a time", arguments: ["[%]", "{\"day_totals\":[%]}", "%"])
    func memory(frame: String) throws {
        let separator = frame == "%" ? "\n" : ", "
        let record = #"{"day":"2026-10-05","daily_active_users":1}"#
        let records = Array(repeating: record, count: 50_000).joined(separator: separator)
        let file = frame.utf8.flatMap { $0 == UInt8(ascii: "%") ? Array(records.utf8) : [$0] }
        var stream = RecordStream(file: 1, recordByteCountMax: 1_000)
        var count = 0
        for start in stride(from: 0, to: file.count, by: 4_096) {
            stream.append(Array(file[start..<min(file.count, start + 4_096)]))
            while try stream.next() != nil { count += 1 }
        }
        while try stream.next(isAtEnd: true) != nil { count += 1 }
        #expect(count == (frame == "%" ? 50_000 : 50_001))
        #expect(stream.bytes.count < 6_000)
    }

    @Test("may have entries with the same labels any distance apart, which are added up")
    func repeatedEntries() throws {
        for between in [2, 10_000] {
            let names = ["others"] + (1..<between).map { "ide\($0)" } + ["others"]
            let entries = names.map { #"{"ide":"\#($0)","loc_added_sum":2}"# }
            let text = #"{"day":"2026-10-05","totals_by_ide":[\#(entries.joined(separator: ","))]}"#
            guard case .read(let rows, let survey) = try Self.outcome([text], .organization) else {
                Issue.record("broken")
                return
            }
            #expect(rows.filter { $0.labels["ide"] == "others" }.map(\.value) == [4])
            #expect(rows.count == between)
            #expect(survey.notes.count == 1)
        }
    }
}
