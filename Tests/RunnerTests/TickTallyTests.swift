import Domain
import Ports
import Runner
import Testing
import Worker

@Suite("The closing line of a tick")
struct TickTallyTests {
    private static let time = Timestamp(seconds: 1_795_327_200)

    private static func events(_ ids: [String]) -> [CloudEvent] {
        ids.map { CloudEvent(id: $0, type: .collect, time: time, data: .null) }
    }

    private static func entry(
        _ id: String, _ verdict: JournalEntry.Verdict = .done, failure: Failure? = nil
    ) -> JournalEntry {
        JournalEntry(
            time: time, function: .onCollectOrg, event: id, verdict: verdict,
            failure: failure.map { FailureReport($0).error })
    }

    @Test("comes once, after the first attempt at its last day")
    func closing() {
        let tally = TickTally()
        tally.begin(Self.events(["a", "b", "c"]), of: .tick(at: Self.time))
        #expect(tally.end(Self.entry("a")).isEmpty)
        #expect(tally.end(Self.entry("other")).isEmpty)
        let failure = Failure(.unavailable, "no answer")
        #expect(tally.end(Self.entry("b", .retry, failure: failure)).isEmpty)
        #expect(tally.end(Self.entry("b")).isEmpty)
        #expect(
            tally.end(Self.entry("c")) == [
                "daily tick 2026-11-22T06:00:00Z finished: 2 of 3 days collected, 1 failed; "
                    + "1 waits for another attempt"
            ])
        #expect(tally.end(Self.entry("c")).isEmpty)
    }

    @Test("is of each tick that asked for the day, and of none that found nothing")
    func several() {
        let tally = TickTally()
        tally.begin([], of: .tick(at: Self.time))
        for _ in 0..<2 { tally.begin(Self.events(["a"]), of: .tick(at: Self.time)) }
        tally.begin(Self.events(["a", "x"]), of: Self.events(["no tick"])[0])
        let line = "daily tick 2026-11-22T06:00:00Z finished: 1 of 1 day collected"
        #expect(tally.end(Self.entry("a")) == [line, line])
    }

    @Test("is of each part of a tick that was split, not of the whole")
    func split() throws {
        let tally = TickTally()
        let id = try #require(IntegrationID("9-copilot"))
        let part = CloudEvent.tick(at: Self.time, integrations: [id])
        tally.begin([part], of: .tick(at: Self.time))
        #expect(tally.end(Self.entry(part.id)).isEmpty)
        tally.begin(Self.events(["a"]), of: part)
        #expect(
            tally.end(Self.entry("a")) == [
                "daily tick 2026-11-22T06:00:00Z of 9-copilot finished: 1 of 1 day collected"
            ])
    }

    @Test("of an old tick whose days somebody else collects is given up")
    func forgotten() {
        let tally = TickTally()
        for number in 0..<30 {
            tally.begin(Self.events(["\(number)"]), of: .tick(at: Self.time))
        }
        #expect(tally.end(Self.entry("0")).isEmpty)
        #expect(tally.end(Self.entry("29")).count == 1)
    }
}
