import Domain
import HTTPHost
import Synchronization
import Testing

/// A clock on which every wait is over at once, and counted.
private final class CountingClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    let waits = Mutex<[Duration]>([])
    let minimumResolution = Duration.nanoseconds(1)
    var now: Instant { Instant(offset: .zero) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        waits.withLock { $0.append(deadline.offset) }
    }
}

@Suite("Wrong setup tokens")
struct GuessDelayTests {
    @Test(
        "are answered late, and nothing else is",
        arguments: [
            (401, ["token": "x"], [:], 1), (401, [:], ["authorization": "Basic eA=="], 1),
            (401, [:], [:], 0), (200, ["token": "x"], [:], 0), (302, ["token": "x"], [:], 0),
        ] as [(Int, [String: String], [String: String], Int)])
    func late(
        status: Int, query: [String: String], headers: [String: String], expected: Int
    ) async {
        let clock = CountingClock()
        let delay = GuessDelay(.seconds(1), on: clock)
        let response = await delay.passing(
            HTTPServerResponse(status: status), to: WebEvent(query: query, headers: headers))
        #expect(response.status == status)
        #expect(clock.waits.withLock { $0 } == Array(repeating: .seconds(1), count: expected))
    }
}
