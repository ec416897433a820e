import Domain
import Fakes
import Host
import InMemory
import Logging
import Ports
import TestSupport
import Testing
import Toolbox

@testable import HTTPHost

@Suite("Much at once over HTTP", .timeLimit(.minutes(1)))
struct LoadTests {
    @Test("gives out as many places as there are, in the order of asking")
    func places() async {
        let places = ConcurrencyLimiter(total: 2)
        #expect(await places.enter())
        #expect(await places.enter())
        let order = Log<Int>()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<3 {
                let waits = places.waitingCount
                group.addTask {
                    guard await places.enter() else { return }
                    order.append(number)
                    places.leave()
                }
                while places.waitingCount == waits { await Task.yield() }
            }
            #expect(order.items.isEmpty)
            places.leave()
        }
        #expect(order.items == [0, 1, 2])

        // Who no longer waits gets no place, and takes none from the others.
        let impatient = Task { await places.enter() }
        #expect(await impatient.value)
        let cancelled = Task { await places.enter() }
        while places.waitingCount == 0 { await Task.yield() }
        cancelled.cancel()
        #expect(await cancelled.value == false)
        places.leave()
        #expect(await places.enter())
    }

    @Test("makes events wait in line, sends them away when that takes too long, and stays healthy")
    func line() async throws {
        let gate = Gate()
        let store = GatedStore(gate: gate, reached: Gate())
        let limits = HTTPHost.Limits(parallel: 1, lineTime: .milliseconds(100))
        try await Hosted.serving(.onDailyTick, limits: limits, store: store) { host in
            async let first = host.post(RoutesTests.tick)
            try await store.reached.opened()
            let second = try await host.post(RoutesTests.tick)
            #expect(second.status == 503)
            #expect(second.fields["retry-after"] == "5")
            #expect(second.text.contains("too many events"))
            #expect(try await host.send("GET", "/healthz").status == 200)
            gate.open()
            #expect(try await first.status == 200)
            // The place is free again.
            #expect(try await host.post(RoutesTests.tick).status == 200)
        }
    }

    @Test("runs many events on few places")
    func many() async throws {
        try await Hosted.serving(.onDailyTick, limits: HTTPHost.Limits(parallel: 3)) { host in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<60 { group.addTask { try await host.post(RoutesTests.tick).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: 200, count: 60))
        }
    }

    @Test("ends an event that takes too long, and asks for it again")
    func eventTime() async throws {
        let store = GatedStore(gate: Gate(), reached: Gate())
        let limits = HTTPHost.Limits(eventTime: .milliseconds(100))
        try await Hosted.serving(.onDailyTick, limits: limits, store: store) { host in
            let reply = try await host.post(RoutesTests.tick)
            #expect(reply.status == 503)
            #expect(reply.fields["retry-after"] != nil)
            #expect(reply.text.contains("onDailyTick took longer"), "\(reply.text)")
        }
    }

    @Test("names the event and its trace in each log line")
    func trace() async throws {
        let lines = Log<String>()
        let logger = Logger(label: "test") { _ in
            LineLogHandler(
                logLevel: .info, format: .text, clock: ManualClock(Timestamp(seconds: 0))
            ) {
                line in lines.append(line)
            }
        }
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let hop = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
        let event = [
            "ce-specversion": "1.0", "ce-id": "Euro%20%E2%82%AC", "ce-source": "/s",
            "ce-type": "a.b", "ce-traceparent": parent,
        ]
        try await Hosted.serving(.onDailyTick, logger: logger) { host in
            _ = try await host.post(RoutesTests.tick, event)
            // The field of the request is the nearer of the two.
            _ = try await host.post(RoutesTests.tick, event.merging(["traceparent": hop]) { $1 })
            _ = try await host.post(RoutesTests.tick, ["traceparent": "00-what-ever-01"])
        }
        let logged = lines.items
        try #require(logged.count == 3)
        #expect(logged[0].contains("event=Euro € "))
        #expect(logged[0].contains("trace_id=0af7651916cd43dd8448eb211c80319c"))
        #expect(logged[0].contains("span_id=b7ad6b7169203331"))
        #expect(logged[1].contains("span_id=00f067aa0ba902b7"))
        #expect(!logged[2].contains("trace_id"))
    }
}
