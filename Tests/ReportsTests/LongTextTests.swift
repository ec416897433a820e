import Toolbox
import Domain
import TestSupport
import Testing

@testable import Reports

@Suite("A line that is longer than what it says")
struct LongTextTests {
    private static func line(_ user: Int, _ fields: String = "") -> String {
        #"{"day":"2026-10-05","user_id":\#(user),"user_login":"u\#(user)","loc_added_sum":7\#(fields)}"#
    }

    private static func text(_ piece: String, _ count: Int) -> String {
        String(repeating: piece, count: count)
    }

    @Test("costs no memory for texts that no metric is made of", arguments: [65_536])
    func memory(chunk: Int) throws {
        var lines = LineBuffer(identity: [])
        var largest = 0
        let head = #"{"a":1,"note":""#
        let tail = "\",\"b\":\"\\\"\"}\n{\"c\":2}\n"
        let file = Array((head + Self.text("x", 2 << 20) + tail).utf8)
        var found: [String] = []
        var offsets: [Int] = []
        for start in stride(from: 0, to: file.count, by: chunk) {
            lines.append(Array(file[start..<min(start + chunk, file.count)]))
            while let line = lines.next() {
                let text = String(decoding: lines.bytes[line.range], as: UTF8.self)
                found.append(text.filter { $0 != " " })
                offsets.append(line.offset)
            }
            largest = max(largest, lines.bytes.count)
        }
        #expect(found == [#"{"a":1,"note":"","b":"\""}"#, #"{"c":2}"#])
        #expect(offsets == [0, file.count - 8])
        #expect(largest < 1 << 20)
    }

    @Test(
        "says the same however it was cut into chunks",
        arguments: ["é", #"\""#, #"\\"#, "]},{["])
    func chunks(piece: String) throws {
        let long = Self.text(piece, (400 << 10) / piece.utf8.count)
        let report = [
            Self.line(1), Self.line(2, #","note":"\#(long)","x":["",3]"#),
            Self.line(3, #","totals_by_ide":[{"ide":"\#(long)","loc_added_sum":4}]"#), Self.line(4),
        ].joined(separator: "\n")
        let short = [
            Self.line(1), Self.line(2, #","note":"","x":["",3]"#),
            Self.line(3, #","totals_by_ide":[{"ide":"","loc_added_sum":4}]"#), Self.line(4),
        ].joined(separator: "\n")
        let expected = try ReportPassTests.read(short, .users)
        for chunk in [50_000, report.utf8.count] {
            let read = try ReportPassTests.read([Array(report.utf8)], .users, chunk: chunk)
            #expect(read.rows == expected.rows)
            #expect(read.survey.digest == expected.survey.digest)
        }
    }

    @Test(
        "takes a label of up to ten kilobytes, and none of a longer text",
        arguments: [(0, true), (1, false)])
    func labels(more: Int, isLabel: Bool) throws {
        let login = Self.text("a", LongDocument.labelByteCountMax + more)
        // Escaped, the text is as long as one may be that is not left out of a long line.
        let escaped = Self.text(#"\u0061"#, LongDocument.labelByteCountMax + more)
        for login in [login, escaped] {
            for note in [10, 400 << 10] {
                let line =
                    #"{"day":"2026-10-05","user_id":1,"user_login":"l","loc_added_sum":7,"#
                    + #""note":"\#(Self.text("n", note))","totals_by_ide":[{"ide":"\#(login)","#
                    + #""loc_added_sum":4}]}"#
                let read = try ReportPassTests.read([Array(line.utf8)], .users, chunk: 50_000)
                let labels = read.rows.compactMap { $0.labels["ide"]?.count }
                #expect(labels == (isLabel ? [LongDocument.labelByteCountMax] : []))
            }
        }
    }

    @Test("is still refused where it is not JSON", arguments: ["\"", "}", ""])
    func refused(end: String) throws {
        let line = #"{"note":"\#(Self.text("x", 400 << 10))"#
        let report = Self.line(1) + "\n" + line + end + "\n" + Self.line(2)
        #expect(throws: ReportError.self) {
            try ReportPassTests.read([Array(report.utf8)], .users, chunk: 50_000)
        }
    }
}
