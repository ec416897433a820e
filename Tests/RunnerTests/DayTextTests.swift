import Domain
import Runner
import Testing

@Suite("A day on a command line", .timeLimit(.minutes(5)))
struct DayTextTests {
    @Test(
        "is a date or a word",
        arguments: [
            ("2026-11-27", "2026-11-27"), ("today", "2026-11-28"), ("Yesterday", "2026-11-27"),
            ("7d", "2026-11-21"), ("0d", "2026-11-28"), ("365d", "2025-11-28"),
            ("2024-02-29", "2024-02-29"),
        ])
    func right(text: String, day: String) throws {
        let today = try #require(Day("2026-11-28"))
        #expect(try DayText.day(text, today: today).description == day)
    }

    @Test(
        "is explained if there is none like it",
        arguments: [
            ("2026-02-30", "February 2026 has 28 days"), ("2024-02-30", "has 29 days"),
            ("2026-11-31", "November 2026 has 30 days"), ("2026-13-01", "12 months"),
            ("2026-00-10", "12 months"), ("2026-12-32", "December 2026 has 31 days"),
            ("2026-2-3", "write 2026-02-03"), ("20260203", "write 2026-02-03"),
            ("2026/02/03", "write 2026-02-03"), ("yesturday", "Did you mean yesterday?"),
            ("", "YYYY-MM-DD"), ("monday", "YYYY-MM-DD"), ("-3", "YYYY-MM-DD"),
            ("7 d", "7d for seven days ago"), ("d", "YYYY-MM-DD"), ("99999d", "YYYY-MM-DD"),
            ("2026-11-27T06:00:00Z", "YYYY-MM-DD"),
        ])
    func wrong(text: String, words: String) {
        let failure = #expect(throws: Failure.self) {
            try DayText.day(text, today: Day(number: 20_000))
        }
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        #expect(failure?.code == .misconfigured)
    }
}
