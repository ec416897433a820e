import Domain
import TestSupport
import Testing
import Toolbox

@testable import Reports

@Suite("A long record")
struct LongRecordTests {
    private static func line(_ user: Int, _ fields: String = "") -> String {
        #"{"day":"2026-10-05","user_id":\#(user),"user_login":"u\#(user)","loc_added_sum":7\#(fields)}"#
    }

    private static func text(_ piece: String, _ count: Int) -> String {
        String(repeating: piece, count: count)
    }

    @Test("is read up to a limit, as a line, an element or a whole document", arguments: [0, 1])
    func limit(more: Int) throws {
        #expect(ReportPass.recordByteCountMax == 16 << 20)
        let note = Self.text("x", (1 << 20) - Self.line(2, #","note":"""#).utf8.count + more)
        let long = Self.line(2, #","note":"\#(note)""#)
        let files = [
            (Self.line(1) + "\n" + long + "\n" + Self.line(3), 3, "line 2, byte 69"),
            ("[" + Self.line(1) + "," + long + "]", 2, "line 1, record 2, byte 70"),
            (long, 1, "line 1, byte 0"),
        ]
        for (file, count, place) in files {
            var pass = ReportPass(
                scope: try ReportPassTests.scope(.users), identity: Identity(.full),
                recordByteCountMax: 1 << 20)
            do throws(ReportError) {
                let rows = try pass.rows(of: [Array(file.utf8)], chunk: 65_536)
                #expect(more == 0 && rows.count == count)
            } catch {
                #expect(more == 1)
                #expect(
                    error.description == "file 1 of the report cannot be read at \(place): "
                        + "the record is larger than 1 MiB, the limit for one record")
            }
        }
    }

    @Test("fails as soon as it is too large, wherever its end is")
    func endless() throws {
        var stream = RecordStream(file: 1, recordByteCountMax: 1_000)
        stream.append(Array(repeating: UInt8(ascii: "{"), count: 1_000))
        while try stream.next() != nil {}
        stream.append([UInt8(ascii: "{")])
        #expect(throws: ReportError.self) { try stream.next() }
    }

    @Test(
        "reads the same in chunks of any size, and skips entries with a label that is too long",
        arguments: ["é", #"\""#, #"\\"#, "]},{["])
    func chunks(piece: String) throws {
        let long = Self.text(piece, (400 << 10) / piece.utf8.count)
        let report = [
            Self.line(1), Self.line(2, #","note":"\#(long)","x":["",3]"#),
            Self.line(3, #","totals_by_ide":[{"ide":"\#(long)","loc_added_sum":4}]"#), Self.line(4),
        ].joined(separator: "\n")
        let short = [
            Self.line(1), Self.line(2, #","note":"","x":["",3]"#),
            Self.line(3, #","totals_by_ide":[]"#), Self.line(4),
        ].joined(separator: "\n")
        let expected = try ReportPassTests.read(short, .users)
        for chunk in [50_000, report.utf8.count] {
            let read = try ReportPassTests.read([Array(report.utf8)], .users, chunk: chunk)
            #expect(read.rows == expected.rows)
            #expect(read.survey.digest == expected.survey.digest)
        }
    }

    @Test(
        "has labels of up to 10,922 bytes, and none of a longer text",
        arguments: [(0, true), (1, false)])
    func labels(more: Int, isLabel: Bool) throws {
        let login = Self.text("a", LabelValue.byteCountMax + more)
        // Escapes count as what they stand for.
        let escaped = Self.text(#"\u0061"#, LabelValue.byteCountMax + more)
        for login in [login, escaped] {
            for note in [10, 400 << 10] {
                let line =
                    #"{"day":"2026-10-05","user_id":1,"user_login":"l","loc_added_sum":7,"#
                    + #""note":"\#(Self.text("n", note))","totals_by_ide":[{"ide":"\#(login)","#
                    + #""loc_added_sum":4}]}"#
                let read = try ReportPassTests.read([Array(line.utf8)], .users, chunk: 50_000)
                let labels = read.rows.compactMap { $0.labels["ide"]?.count }
                #expect(labels == (isLabel ? [LabelValue.byteCountMax] : []))
            }
        }
    }

    @Test("fails where it is not JSON", arguments: ["\"", "}", ""])
    func refused(end: String) throws {
        let line = #"{"note":"\#(Self.text("x", 400 << 10))"#
        let report = Self.line(1) + "\n" + line + end + "\n" + Self.line(2)
        #expect(throws: ReportError.self) {
            try ReportPassTests.read([Array(report.utf8)], .users, chunk: 50_000)
        }
    }
}
