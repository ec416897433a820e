import Domain
import Fakes
import GitHub
import Ports
import Testing
import Toolbox

@Suite("Concurrent requests", .timeLimit(.minutes(1)))
struct ConcurrencyTests {
    @Test("are limited to two per organization and sixteen in all")
    func bounds() async throws {
        for (organizations, each, bound) in [(1, 8, 2), (32, 1, 16), (8, 4, 16)] {
            let crowd = Crowd(of: bound)
            let bench = try Bench { _ async throws(Failure) in
                await crowd.enter()
                await crowd.leave()
                return HTTPClientResponse(status: 204, bytes: [])
            }
            try await withThrowingTaskGroup { group in
                for number in 0..<organizations * each {
                    let organization = try #require(
                        OrganizationLogin("org-\(number % organizations)"))
                    group.addTask {
                        _ = try await bench.client.report(
                            .users, of: organization, day: day("2026-11-21"), token: token)
                    }
                }
                try await group.waitForAll()
            }
            #expect(await crowd.countMax == bound)
            #expect(bench.requests.count == organizations * each)
        }
    }

    @Test("can be cancelled while they wait, and let the next one go ahead")
    func cancelled() async throws {
        let limiter = ConcurrencyLimiter(total: 1)
        let (isInside, inside) = AsyncStream<Void>.makeStream()
        let (mayLeave, leave) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await limiter.pass { () async throws(Failure) in
                inside.yield()
                for await _ in mayLeave { break }
            }
        }
        for await _ in isInside { break }
        let second = Task {
            try await limiter.pass { () throws(Failure) in
                Issue.record("a cancelled request was sent")
            }
        }
        second.cancel()
        let failure = await #expect(throws: Failure.self) { try await second.value }
        #expect(failure?.code == .cancelled)
        let third = Task { try await limiter.pass { () throws(Failure) in 3 } }
        leave.yield()
        try await first.value
        #expect(try await third.value == 3)
    }
}
