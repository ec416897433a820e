import Runner
import Testing
import Toolbox

@Suite("Text on a terminal", .timeLimit(.minutes(5)))
struct TerminalTextTests {
    static let widths = [40, 60, 80, 100, 200]

    private static func table() -> Table {
        var table = Table([
            .words("ORGANIZATION"), .words("SOURCE"), .numbers("SAMPLES"), .words("OUTCOME"),
        ])
        table.add(["acme", "organization-1-day", "1947", "written 7, unchanged 11, not-ready 28"])
        table.add([
            "", "users-1-day", "4397",
            Table.Cell("written 7, unchanged 11, not-billed-here 28, failed 2", .bad),
        ])
        return table
    }

    /// The words of lines, without the codes of colours.
    private static func words(_ lines: [String]) -> [String] {
        lines.flatMap { plain($0).split(separator: " ").map(String.init) }
    }

    private static func plain(_ line: String) -> String {
        line.replacing(/\u{1B}\[[0-9]*m/, with: "")
    }

    @Test("has no control character from outside, and no mark that reverses it")
    func outside() {
        let evil = "a\u{1B}[31mb\u{1B}]0;title\u{7}c\u{9B}2Jd\u{0}e\u{202E}f\u{2028}g\rh\ti"
        let plain = TextStyle.plain.shown(evil)
        #expect(!plain.unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" })
        for scalar in ["\u{1B}", "\u{9B}", "\u{202E}", "\u{2028}"] {
            #expect(!plain.contains(scalar))
        }
        #expect(plain.hasPrefix("a\u{FFFD}[31mb"))
        let style = TextStyle(isColored: true)
        let line = style("bad", .bad)
        #expect(style.shown(line) == line && TextStyle.plain.shown("é 日本") == "é 日本")
        #expect(!style.shown("\u{1B}[2J\u{1B}]0;x\u{7}").contains("\u{1B}"))
        let json = "{\"a\":\"x\u{9B}\u{202E}\"}"
        #expect(json.escapedInJSON == #"{"a":"x\u009b\u202e"}"#)
    }

    @Test("never breaks a table apart, and loses no word of it", arguments: widths)
    func table(columns: Int) {
        for isColored in [false, true] {
            let style = TextStyle(isColored: isColored, columns: columns)
            let lines = Self.table().lines(style)
            #expect(lines.allSatisfy { Self.plain($0).count <= columns }, "\(lines)")
            let all = Set(Self.words(Self.table().lines()))
            #expect(all.isSubset(of: Set(Self.words(lines))), "\(lines)")
        }
    }

    @Test("wraps the last column while the others fit, and else shows a block per row")
    func shapes() {
        #expect(
            Self.table().lines(TextStyle(isColored: false, columns: 74)) == [
                "ORGANIZATION  SOURCE              SAMPLES  OUTCOME",
                "acme          organization-1-day    1,947  written 7, unchanged 11,",
                "                                           not-ready 28",
                "              users-1-day           4,397  written 7, unchanged 11,",
                "                                           not-billed-here 28, failed 2",
            ])
        #expect(
            Self.table().lines(TextStyle(isColored: false, columns: 40)) == [
                "ORGANIZATION  acme", "SOURCE        organization-1-day", "SAMPLES       1,947",
                "OUTCOME       written 7, unchanged 11,", "              not-ready 28", "",
                "SOURCE        users-1-day", "SAMPLES       4,397",
                "OUTCOME       written 7, unchanged 11,",
                "              not-billed-here 28, failed",
                "              2",
            ])
    }

    @Test("puts a word that does not fit beside its heading below it")
    func longWord() {
        var table = Table([.words("ORGANIZATION"), .words("EVENT")])
        table.add(["acme", "collect/1001-demo/555/2026-11-27"])
        #expect(
            table.lines(TextStyle(isColored: false, columns: 40)) == [
                "ORGANIZATION  acme", "EVENT", "  collect/1001-demo/555/2026-11-27",
            ])
    }

    @Test("shows a cell without a heading beside the one before it")
    func joined() {
        var table = Table([.numbers("LINES ADDED"), .words(""), .words("NOTE")])
        table.add(["12345", "▁▃█", "as long as it takes to be too long"])
        #expect(
            table.lines(TextStyle(isColored: false, columns: 40)).first
                == "LINES ADDED  12,345 ▁▃█")
    }

    @Test("wraps prose between words", arguments: widths)
    func prose(columns: Int) {
        let text = "GitHub has no report for that day, at least not yet (status 204); nothing to do"
        let lines = TextStyle(isColored: false, columns: columns).prose(text, indent: "    ")
        #expect(lines.allSatisfy { $0.count <= min(columns, 100) && $0.hasPrefix("    ") })
        #expect(Self.words(lines) == Self.words([text]))
    }

    @Test("breaks a command so that a shell reads it as one", arguments: widths)
    func command(columns: Int) {
        let words = ["./copilot-local", "status", "--env-file", "demo/demo.env", "--limit", "20"]
        let lines = TextStyle(isColored: false, columns: columns).command(words)
        #expect(lines.dropLast().allSatisfy { $0.hasSuffix(" \\") })
        let joined = lines.map { $0.hasSuffix(" \\") ? String($0.dropLast(2)) : $0 }
        #expect(Self.words(joined) == words)
        #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
    }

    @Test(
        "groups digits by thousands",
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (23_215, "23,215"),
            (-1_947, "-1,947"), (1_234_567, "1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
        ])
    func grouped(number: Int, text: String) { #expect(number.grouped == text) }

    @Test(
        "shows amounts with two decimals",
        arguments: [
            (0, "0.00"), (558.5, "558.50"), (1_091.149, "1,091.15"), (-0.001, "0.00"),
            (-1_234.5, "-1,234.50"), (1e17, "1e+17"), (-1e300, "-1e+300"), (.infinity, "inf"),
        ])
    func amounts(amount: Double, text: String) { #expect(amount.groupedHundredths == text) }

    @Test("draws a bar per value, and a gap for a missing one")
    func bars() {
        #expect(TextSparkline.text([0, 1, nil, 7]) == "▁▂ █")
        #expect(TextSparkline.text([0, 0]) == "▁▁")
        #expect(TextSparkline.text([5, 5]) == "██")
        #expect(TextSparkline.text([]) == "")
        #expect(TextSparkline.text([-3, 4]) == "▁█")
    }
}
