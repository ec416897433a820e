import Domain
import Fakes
import InMemory
import Ports
import Synchronization
import TestSupport
import Testing
import Toolbox

@Suite("A retry policy")
struct RetryTests {
    /// The observed run of a policy.
    private struct Run {
        var attempts = 0
        var waits: [Duration] = []
        var failure: Failure?
    }

    private static let now = Timestamp(seconds: 1_795_327_200)

    private static let policy = RetryPolicy(
        attemptCountMax: 4, firstWait: .milliseconds(500), waitMax: .seconds(10))

    /// Runs an operation that fails as listed and succeeds after that.
    private static func run(
        _ policy: RetryPolicy, _ failures: [Failure], deadline: Duration? = nil,
        attemptTime: Duration = .zero
    ) async -> Run {
        let clock = ManualClock(now)
        let time = ManualTime(moving: clock)
        var run = Run()
        do throws(Failure) {
            try await Deadline.meeting(deadline.map { now.advanced(by: $0) }) {
                () async throws(Failure) in
                try await policy.run("the test", on: time, clock, Loudest()) {
                    () async throws(Failure) in
                    run.attempts += 1
                    time.advance(by: attemptTime)
                    if run.attempts <= failures.count { throw failures[run.attempts - 1] }
                }
            }
        } catch {
            run.failure = error
        }
        run.waits = time.sleeps
        return run
    }

    /// Entropy that makes every wait as long as its ceiling.
    private struct Loudest: Entropy {
        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 255, count: count) }
    }

    @Test(
        "retries only temporary failures",
        arguments: Failure.Code.allCases)
    func codes(code: Failure.Code) async {
        let run = await Self.run(Self.policy, [Failure(code, "once")])
        let mayPass = [.rateLimited, .timedOut, .unavailable].contains(code)
        #expect(run.attempts == (mayPass ? 2 : 1))
        #expect(run.failure?.code == (mayPass ? nil : code))
    }

    @Test("doubles the ceiling of the wait up to the maximum")
    func ceilings() async {
        var policy = Self.policy
        policy.attemptCountMax = 8
        let failure = Failure(.unavailable, "down")
        let run = await Self.run(policy, Array(repeating: failure, count: 9))
        #expect(run.attempts == 8)
        #expect(run.failure == failure)
        #expect(
            run.waits == [
                .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8),
                .seconds(10), .seconds(10),
            ])
    }

    @Test(
        "waits as long as the other side asks, and fails if that is too long",
        arguments: [
            (.zero, [.zero]), (.seconds(7), [.seconds(7)]), (.seconds(10), [.seconds(10)]),
            (.seconds(11), []),
        ] as [(Duration, [Duration])])
    func asked(delay: Duration, waits: [Duration]) async {
        let run = await Self.run(Self.policy, [Failure(.rateLimited, "slower", delay: delay)])
        #expect(run.waits == waits)
        #expect(run.failure?.delay == (waits.isEmpty ? delay : nil))
    }

    @Test(
        "starts no wait that would pass the deadline",
        arguments: [
            (nil, .seconds(5), 3), (.seconds(7), .seconds(5), 3),
            (.milliseconds(6_400), .seconds(5), 2),
            (.seconds(5), .seconds(5), 1), (.seconds(-1), .zero, 1),
            (.milliseconds(1_400), .zero, 2),
        ] as [(Duration?, Duration, Int)])
    func deadline(deadline: Duration?, reserve: Duration, attempts: Int) async {
        var policy = Self.policy
        policy.reserve = reserve
        let failure = Failure(.unavailable, "down")
        let run = await Self.run(policy, [failure, failure], deadline: deadline)
        #expect(run.attempts == attempts)
        #expect(run.failure == (attempts == 3 ? nil : failure))
    }

    @Test(
        "stops when the attempts and waits take too long in total",
        arguments: [(Duration.zero, 3), (.seconds(1), 3), (.seconds(2), 2), (.seconds(4), 1)])
    func totalTime(attemptTime: Duration, attempts: Int) async {
        var policy = Self.policy
        policy.totalTimeMax = .milliseconds(3_500)
        let failure = Failure(.unavailable, "down")
        let run = await Self.run(policy, [failure, failure], attemptTime: attemptTime)
        #expect(run.attempts == attempts)
    }

    @Test("repeats an unauthorized first attempt at once where credentials are renewed")
    func credentials() async {
        let expired = Failure(.unauthorized, "expired")
        #expect(await Self.run(Self.policy, [expired]).attempts == 1)
        var policy = Self.policy
        policy.renewsCredentials = true
        let once = await Self.run(policy, [expired])
        #expect(once.attempts == 2)
        #expect(once.waits == [.zero])
        #expect(await Self.run(policy, [expired, expired]).failure == expired)
        let late = await Self.run(policy, [Failure(.unavailable, "down"), expired])
        #expect(late.failure == expired)
    }

    @Test("reports that it was cancelled while it waits")
    func cancelled() async {
        let run = await withTaskGroup(of: Run.self) { group in
            group.cancelAll()
            group.addTask { await Self.run(Self.policy, [Failure(.unavailable, "down")]) }
            return await group.next() ?? Run()
        }
        #expect(run.attempts == 1)
        #expect(run.failure?.code == .cancelled)
        #expect(run.failure?.message == "the test was cancelled")
    }

    @Test("spreads the waits of many callers over the whole range")
    func jitter() async {
        let backoff = Backoff(first: .seconds(1), most: .seconds(1))
        let entropy = SeededEntropy(seed: 5)
        let waits = (0..<200).map { _ in backoff.wait(after: 1, entropy) }
        #expect(waits.allSatisfy { .zero...(.seconds(1)) ~= $0 })
        #expect(waits.contains { $0 < .milliseconds(200) })
        #expect(waits.contains { $0 > .milliseconds(800) })
    }

    @Test(
        "reads Retry-After as seconds or as a date, and honours at most a day",
        arguments: [
            ("0", Duration.zero), ("120", .seconds(120)), ("86401", .seconds(86_400)),
            ("4294967295", .seconds(86_400)), ("99999999999999999999", .seconds(86_400)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)),
            ("Sun, 06 Nov 1994 08:48:00 GMT", .zero),
            ("Fri, 06 Nov 2999 08:49:37 GMT", .seconds(86_400)),
            ("-1", nil), ("+1", nil), ("1.5", nil), ("soon", nil), ("", nil),
            ("Sun, 06 Now 1994 08:49:37 GMT", nil),
        ])
    func retryAfter(field: String, expected: Duration?) throws {
        let now = try #require(Timestamp("1994-11-06T08:49:00Z"))
        #expect(RetryAfter.duration(field, now: now) == expected)
    }
}

@Suite("A time limit", .timeLimit(.minutes(1)))
struct TimeLimitTests {
    @Test("is not over because the caller is cancelled")
    func cancelled() async throws {
        let (began, over) = (Gate(), Gate())
        let caller = Task {
            await ContinuousClock().limited(to: .seconds(3_600)) {
                began.open()
                try? await over.opened()
                return Task.isCancelled
            }
        }
        try await began.opened()
        caller.cancel()
        let (wasCancelled, isLate) = await caller.value
        #expect(wasCancelled)
        #expect(!isLate)
    }

    @Test("cancels what takes longer, and says so")
    func late() async {
        let (wasCancelled, isLate) = await ContinuousClock().limited(to: .milliseconds(1)) {
            try? await Gate().opened()
            return Task.isCancelled
        }
        #expect(wasCancelled)
        #expect(isLate)
    }
}
