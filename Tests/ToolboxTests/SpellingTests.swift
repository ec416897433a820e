import Testing
import Toolbox

@Suite("Spelling", .timeLimit(.minutes(5)))
struct SpellingTests {
    static let commands = ["demo", "run", "tick", "status", "state", "dead-letters", "replay"]

    @Test(
        "finds what was meant",
        arguments: [
            ("demoo", "demo"), ("dmo", "demo"), ("tcik", "tick"), ("Status", "status"),
            ("statu", "status"), ("dead", "dead-letters"), ("rerun", "run"), ("reply", "replay"),
        ])
    func near(word: String, meant: String) {
        #expect(Spelling.nearest(to: word, among: Self.commands) == meant)
        #expect(Spelling.hint(word, Self.commands) == " Did you mean \(meant)?")
    }

    @Test("says nothing about words that are like none", arguments: ["", "x", "serve", "ab"])
    func far(word: String) {
        #expect(Spelling.nearest(to: word, among: Self.commands) == nil)
        #expect(Spelling.hint(word, Self.commands).isEmpty)
    }
}
