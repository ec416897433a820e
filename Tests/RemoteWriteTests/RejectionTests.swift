import Domain
import Fakes
import InMemory
import Ports
import TestSupport
import Testing

@testable import RemoteWrite

/// A backend that rejects a request with one bad series as a whole, like Prometheus.
private func backend(
    status: Int = 400, saying text: String = "out of bounds",
    rejecting isRejected: @escaping @Sendable (Int) -> Bool
) -> ScriptedBackend {
    ScriptedBackend { _, series in
        let users = series.compactMap { $0[.userLogin] }.compactMap(Int.init)
        return users.contains(where: isRejected)
            ? HTTPClientResponse(status, text) : HTTPClientResponse(200)
    }
}

@Suite("A rejected remote-write request", .timeLimit(.minutes(5)))
struct RefusalTests {
    @Test(
        "is split until the rejected series are alone",
        arguments: [
            [0], [999], [500], [0, 999], [3, 4, 5, 6, 7],
            Array(stride(from: 0, to: 1_000, by: 100)),
        ])
    func split(refused: [Int]) async throws {
        let backend = backend { refused.contains($0) }
        let delivery = try await RemoteWriteSink(backend).write(users(1_000))
        #expect(delivery.accepted == 1_000 - refused.count)
        #expect(delivery.rejected == refused.count)
        #expect(delivery.reasons.count == 1)
        let reason = try #require(delivery.reasons.first)
        #expect(
            reason.hasPrefix("\(refused.count) series rejected, 400: out of bounds; for example"))
        let named = (0..<1_000).filter { reason.contains("user_login=\"\($0)\"") }
        #expect(named.count == min(5, refused.count) && Set(named).isSubset(of: refused))
        // Each rejected series costs at most two requests per halving of 1,000.
        #expect(backend.received.count <= 1 + refused.count * 2 * 10)
    }

    @Test("is not sent again unchanged", arguments: [400, 409, 422])
    func once(status: Int) async throws {
        let backend = backend(status: status) { _ in true }
        let time = ManualTime()
        let delivery = try await RemoteWriteSink(backend, time: time).write(users(4))
        #expect(delivery.rejected == 4)
        #expect(time.sleeps.isEmpty)
        #expect(Set(backend.received.map(\.request.body)).count == backend.received.count)
    }

    @Test(
        "is recognized by the message of a 500",
        arguments: [
            "too old sample", "out of order sample", "out of bounds", "invalid sample",
            "duplicate sample for timestamp",
        ])
    func serverError(text: String) async throws {
        let backend = backend(status: 500, saying: "store: \(text)\n") { $0 == 7 }
        let time = ManualTime()
        let delivery = try await RemoteWriteSink(backend, time: time).write(users(10))
        #expect(delivery.accepted == 9 && delivery.rejected == 1)
        #expect(time.sleeps.isEmpty)
    }

    @Test("costs few requests when everything is rejected", arguments: [1, 5, 100])
    func hopeless(requestCount: Int) async throws {
        let backend = backend { _ in true }
        let sink = try RemoteWriteSink(backend) { $0.limits.seriesPerRequest = 1_000 }
        let delivery = try await sink.write(users(1_000 * requestCount))
        #expect(delivery.accepted == 0 && delivery.rejected == 1_000 * requestCount)
        #expect(backend.received.count <= 130 + 16 * 11 + 4)
        #expect(
            delivery.reasons.allSatisfy { $0.contains("rejected") && $0.contains("for example") })
    }

    @Test("does not prevent later requests from being accepted")
    func recovers() async throws {
        let backend = backend { $0 < 3_000 }
        let sink = try RemoteWriteSink(backend) { $0.limits.seriesPerRequest = 1_000 }
        let delivery = try await sink.write(users(10_000))
        #expect(delivery.accepted == 7_000 && delivery.rejected == 3_000)
    }

    @Test("costs a limited number of requests when rejected series are everywhere")
    func everywhere() async throws {
        let backend = backend { $0 % 50 == 0 }
        let delivery = try await RemoteWriteSink(backend).write(users(40_000))
        #expect(delivery.accepted + delivery.rejected == 40_000)
        #expect(delivery.rejected >= 800)
        #expect(backend.received.count <= 20 + 1_026)
        // Every accepted sample was sent in an accepted request.
        let taken = backend.received.map(\.series).filter { series in
            !series.contains { (Int($0[.userLogin] ?? "") ?? 0) % 50 == 0 }
        }
        #expect(taken.map(\.count).reduce(0, +) == delivery.accepted)
    }

    @Test("makes later requests smaller if it was too large")
    func tooLarge() async throws {
        let backend = ScriptedBackend { _, series in
            HTTPClientResponse(series.count > 300 ? 413 : 200)
        }
        let sink = try RemoteWriteSink(backend) { $0.limits.requestsAtOnce = 1 }
        let delivery = try await sink.write(users(10_000))
        #expect(delivery == Delivery(accepted: 10_000))
        #expect(backend.received.suffix(20).allSatisfy { $0.series.count <= 300 })
    }

    @Test("counts a single series that is too large")
    func oneTooLarge() async throws {
        let backend = backend(status: 413, saying: "") { $0 == 3 }
        let delivery = try await RemoteWriteSink(backend).write(users(8))
        #expect(delivery.accepted == 7 && delivery.rejected == 1)
        #expect(delivery.reasons.first?.hasPrefix("1 series rejected, 413;") == true)
    }

    @Test("is reported by reason, with a limited number of reasons")
    func reasons() async throws {
        let backend = ScriptedBackend { number, series in
            series.count == 1
                ? HTTPClientResponse(400, "at \(number)") : HTTPClientResponse(400, "several")
        }
        let delivery = try await RemoteWriteSink(backend).write(users(32))
        #expect(delivery.rejected == 32)
        #expect(delivery.reasons.count == 6)
        #expect(delivery.reasons.last?.hasPrefix("27 series rejected, other reasons;") == true)
    }
}
