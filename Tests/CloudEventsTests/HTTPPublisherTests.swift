import CloudEvents
import Domain
import Fakes
import HTTPPublisher
import InMemory
import Ports
import Synchronization
import Testing

@Suite("Publishing over HTTP")
struct HTTPPublisherTests {
    let time = ManualTime()
    let clock = ManualClock(Timestamp(seconds: 1_795_327_200))

    func publisher(
        _ transport: ScriptedTransport, parallel: Int = 16
    ) -> HTTPPublisher {
        HTTPPublisher(
            url: "http://user:planted-password@broker.test/ns/default", transport: transport,
            time: time, wallClock: clock, entropy: SeededEntropy(seed: 3),
            limits: HTTPPublisher.Limits(parallel: parallel))
    }

    func events(_ count: Int) -> [CloudEvent] {
        (0..<count).map { number in
            CloudEvent(
                id: "collect/\(number)", type: .collect, time: clock.now(),
                data: .object(["n": .integer(Int64(number))]))
        }
    }

    @Test("posts each event in a separate request as a structured CloudEvent")
    func posting() async throws {
        let transport = ScriptedTransport { _ in HTTPClientResponse(status: 202, bytes: []) }
        var events = events(3)
        events[1].traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        try await publisher(transport).publish(events)
        #expect(transport.requests.count == 3)
        for event in events {
            let request = try #require(
                transport.requests.first { request in
                    (try? ReceivedEvent(json: request.body))?.id == event.id
                })
            #expect(request.method == "POST")
            #expect(
                request.fields["content-type"]?.hasPrefix("application/cloudevents+json") == true)
            #expect(request.fields["traceparent"] == event.traceparent)
            let read = try ReceivedEvent(json: request.body)
            #expect(read.attributes["traceparent"] == event.traceparent)
            #expect(try read.json() == event.data)
        }
    }

    /// Knative's table of retried statuses, and the failures of all others.
    @Test(
        "interprets statuses as Knative does",
        arguments: [
            (200, 1, nil), (202, 1, nil), (204, 1, nil), (299, 1, nil),
            (404, 4, .unavailable), (408, 4, .unavailable), (409, 4, .unavailable),
            (429, 4, .rateLimited), (500, 4, .unavailable), (502, 4, .unavailable),
            (503, 4, .unavailable), (599, 4, .unavailable),
            (400, 1, .rejected), (401, 1, .forbidden), (403, 1, .forbidden),
            (407, 1, .misconfigured),
            (410, 1, .rejected),
            (413, 1, .limitExceeded), (415, 1, .misconfigured), (405, 1, .misconfigured),
            (301, 1, .misconfigured), (307, 1, .misconfigured),
        ] as [(Int, Int, Failure.Code?)])
    func answers(status: Int, attempts: Int, code: Failure.Code?) async {
        let transport = ScriptedTransport { _ in HTTPClientResponse(status: status, bytes: [1, 2]) }
        var failure: Failure?
        do throws(Failure) { try await publisher(transport).publish(events(1)) } catch {
            failure = error
        }
        #expect(failure?.code == code)
        #expect(transport.requests.count == attempts)
        #expect(time.sleeps.count == attempts - 1)
        #expect(failure?.message.contains("planted-password") != true)
        #expect(
            failure.map { $0.message.contains("collect/0") && $0.message.contains("\(status)") }
                != false)
    }

    @Test("does not take the page of a proxy for the receiver's word", arguments: [200, 202])
    func page(status: Int) async throws {
        let transport = ScriptedTransport { _ in
            HTTPClientResponse(
                status: status, fields: ["content-type": "text/html"],
                bytes: Array("<html>Blocked</html>".utf8))
        }
        let failure = await #expect(throws: Failure.self) {
            try await publisher(transport).publish(events(1))
        }
        #expect(failure?.code == .unavailable)
        #expect(failure?.message.contains("HTML page") == true)
        #expect(transport.requests.count == 4)
    }

    @Test("waits as long as the receiver asks, and fails if that is too long")
    func retryAfter() async throws {
        let answers = Mutex([
            HTTPClientResponse(status: 503, fields: ["retry-after": "7"], bytes: []),
            HTTPClientResponse(
                status: 429, fields: ["retry-after": "Sun, 22 Nov 2026 06:00:04 GMT"], bytes: []),
            HTTPClientResponse(status: 200, bytes: []),
        ])
        let transport = ScriptedTransport { _ in answers.withLock { $0.removeFirst() } }
        try await publisher(transport).publish(events(1))
        #expect(time.sleeps == [.seconds(7), .seconds(4)])

        let patient = ScriptedTransport { _ in
            HTTPClientResponse(status: 503, fields: ["retry-after": "600"], bytes: [])
        }
        let error = await #expect(throws: Failure.self) {
            try await publisher(patient).publish(events(1))
        }
        #expect(error?.delay == .seconds(600))
        #expect(patient.requests.count == 1)
    }

    @Test("retries after a broken connection, with growing waits")
    func broken() async throws {
        let count = Mutex(0)
        let transport = ScriptedTransport { _ throws(Failure) in
            let number = count.withLock { count in
                count += 1
                return count
            }
            guard number > 3 else { throw Failure(.unavailable, "the connection broke") }
            return HTTPClientResponse(status: 200, bytes: [])
        }
        try await publisher(transport).publish(events(1))
        #expect(time.sleeps.count == 3)
        for (wait, ceiling) in zip(time.sleeps, [250, 500, 1_000]) {
            #expect(wait <= .milliseconds(ceiling))
        }
    }

    @Test("limits concurrent requests and sends all events")
    func bounded() async throws {
        let state = Mutex((now: 0, most: 0))
        let transport = ScriptedTransport { _ in
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
            // Lets the other requests start if they can.
            for _ in 0..<20 { await Task.yield() }
            state.withLock { $0.now -= 1 }
            return HTTPClientResponse(status: 200, bytes: [])
        }
        try await publisher(transport, parallel: 5).publish(events(60))
        #expect(transport.requests.count == 60)
        #expect(2...5 ~= state.withLock(\.most))
    }

    @Test("sends no further request after a refusal")
    func stopping() async throws {
        let transport = ScriptedTransport { _ in HTTPClientResponse(status: 400, bytes: []) }
        let error = await #expect(throws: Failure.self) {
            try await publisher(transport, parallel: 2).publish(events(50))
        }
        #expect(error?.code == .rejected)
        #expect(transport.requests.count <= 4)
    }

    @Test("sends nothing for an empty list")
    func nothing() async throws {
        try await publisher(.unexpected).publish([])
    }
}
