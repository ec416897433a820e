import CurlHTTP
import Domain
import Ports
import Synchronization
import TestSupport
import Testing

@Suite("The end of a transfer over libcurl", .timeLimit(.minutes(5)))
struct EndingTests {
    typealias Step = LoopbackServer.Step

    /// A head whose body never arrives.
    static let head = Step.send("HTTP/1.1 200 OK\r\ncontent-length: 10485760\r\n\r\n")

    @Test("comes after the timeout, before the head or after it")
    func timeout() async throws {
        let gate = Gate()
        try await withLoopbackServer { request in
            request.target == "/head" ? [.wait(gate)] : [Self.head, .wait(gate)]
        } use: { server in
            for path in ["/head", "/body"] {
                let request = HTTPClientRequest(
                    "GET", server.url + path, timeout: .milliseconds(150))
                let failure = await #expect(throws: Failure.self) {
                    try await CurlTransport().send(request).body.bytes()
                }
                #expect(failure?.code == .timedOut)
                #expect(failure?.message.contains("127.0.0.1") == true)
            }
        }
    }

    @Test("comes with an endless head, long before the memory or the time does")
    func endlessHead() async throws {
        let line = "x-filler-\(String(repeating: "a", count: 1_000)): 1\r\n"
        let many = String(repeating: line, count: 400)
        try await withLoopbackServer { _ in
            [.send("HTTP/1.1 200 OK\r\n"), .send(many), .send("\r\n")]
        } use: { server in
            let failure = await #expect(throws: Failure.self) {
                try await CurlTransport().send(HTTPClientRequest("GET", server.url)).body.bytes()
            }
            #expect(failure?.message.contains("127.0.0.1") == true)
            #expect([.limitExceeded, .unavailable].contains(failure?.code))
        }
    }

    @Test("comes after the idle timeout, before the head or within the body")
    func silence() async throws {
        let gate = Gate()
        try await withLoopbackServer { request in
            request.target == "/head" ? [.wait(gate)] : [Self.head, .send([1, 2, 3]), .wait(gate)]
        } use: { server in
            for path in ["/head", "/body"] {
                let request = HTTPClientRequest(
                    "GET", server.url + path, idleTimeout: .milliseconds(150),
                    replyByteCountMax: 16 << 20)
                let failure = await #expect(throws: Failure.self) {
                    try await CurlTransport().send(request).body.bytes()
                }
                #expect(failure?.code == .unavailable)
                #expect(failure?.message == "127.0.0.1: no data for 1 s")
            }
        }
    }

    @Test("does not come from the idle timeout while the reader is slow")
    func silenceWhilePaused() async throws {
        let body = [UInt8](repeating: 7, count: 4 << 20)
        try await withLoopbackServer { _ in
            [.reply(200, [:], body)]
        } use: { server in
            let reply = try await CurlTransport().send(
                HTTPClientRequest(
                    "GET", server.url, idleTimeout: .milliseconds(200), replyByteCountMax: 16 << 20)
            )
            // The reader waits longer than that between two chunks.
            var count = try await reply.body.next()?.count ?? 0
            try await Task.sleep(for: .milliseconds(600))
            count += try await reply.body.bytes().count
            #expect(count == body.count)
        }
    }

    @Test("comes after the timeout although nothing reads the body")
    func timeoutWhilePaused() async throws {
        let hungUp = Gate()
        try await withLoopbackServer { _ in
            [Self.head, .send([UInt8](repeating: 7, count: 1 << 20)), .awaitHangUp, .open(hungUp)]
        } use: { server in
            let reply = try await CurlTransport().send(
                HTTPClientRequest(
                    "GET", server.url, timeout: .seconds(1), replyByteCountMax: 16 << 20))
            try await hungUp.opened()
            let failure = await #expect(throws: Failure.self) { try await reply.body.bytes() }
            #expect(failure?.code == .timedOut)
        }
    }

    @Test(
        "comes when the task is cancelled, before the head or after it", arguments: [true, false])
    func cancellation(isBeforeHead: Bool) async throws {
        let arrived = Gate()
        let hungUp = Gate()
        try await withLoopbackServer { _ in
            (isBeforeHead ? [] : [Self.head]) + [.open(arrived), .awaitHangUp, .open(hungUp)]
        } use: { server in
            let task = Task {
                try await CurlTransport().send(HTTPClientRequest("GET", server.url)).body.bytes()
            }
            try await arrived.opened()
            task.cancel()
            let failure = await #expect(throws: Failure.self) { try await task.value }
            #expect(failure?.code == .cancelled)
            try await hungUp.opened()
        }
    }

    @Test("comes before the request is sent if the task is already cancelled")
    func cancelledBefore() async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            let task = Task {
                unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
                return try await CurlTransport().send(HTTPClientRequest("GET", server.url))
            }
            let failure = await #expect(throws: Failure.self) { try await task.value }
            #expect(failure?.code == .cancelled)
            #expect(server.connectionCount == 0)
        }
    }

    @Test("comes when the response is released")
    func dropped() async throws {
        let hungUp = Gate()
        try await withLoopbackServer { _ in
            [Self.head, .awaitHangUp, .open(hungUp)]
        } use: { server in
            let transport = CurlTransport()
            let status = try await transport.send(HTTPClientRequest("GET", server.url)).status
            #expect(status == 200)
            try await hungUp.opened()
            withExtendedLifetime(transport) {}
        }
    }

    @Test("comes with a failure although the response is kept")
    func failed() async throws {
        let hungUp = Gate()
        try await withLoopbackServer { _ in
            [
                .send(
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-encoding: gzip\r\n"),
                .send("\r\n5\r\nhello\r\n"), .awaitHangUp, .open(hungUp),
            ]
        } use: { server in
            let reply = try await CurlTransport().send(HTTPClientRequest("GET", server.url))
            await #expect(throws: Failure.self) { try await reply.body.next() }
            try await hungUp.opened()
            #expect(reply.status == 200)
        }
    }

    @Test("lets the next request reuse the connection")
    func reuse() async throws {
        try await withLoopbackServer { _ in
            [.reply(200, [:], [1, 2, 3])]
        } use: { server in
            let transport = CurlTransport()
            for _ in 0..<10 {
                let reply = try await transport.send(HTTPClientRequest("GET", server.url))
                #expect(try await reply.body.bytes() == [1, 2, 3])
            }
            #expect(server.requests.count == 10)
            #expect(server.connectionCount == 1)
        }
    }

    @Test("replaces a connection that the server closed")
    func closedByServer() async throws {
        try await withLoopbackServer { _ in
            [.reply(200, [:], [1, 2, 3]), .close]
        } use: { server in
            let transport = CurlTransport()
            for _ in 0..<10 {
                let reply = try await transport.send(
                    HTTPClientRequest("POST", server.url, body: [1]))
                #expect(try await reply.body.bytes() == [1, 2, 3])
            }
            #expect(server.requests.count == 10)
        }
    }

    @Test("is never mixed up between concurrent requests")
    func many() async throws {
        let count = 64
        let allArrived = Gate()
        let arrivals = Mutex(0)
        try await withLoopbackServer { request in
            let number = arrivals.withLock { arrivals in
                arrivals += 1
                return arrivals
            }
            return [
                number == count ? .open(allArrived) : .wait(allArrived),
                .reply(200, [:], Array(request.target.utf8)),
            ]
        } use: { server in
            let transport = CurlTransport()
            let targets = (0..<count).map { "/\($0)" }
            let bodies = try await withThrowingTaskGroup(of: (String, [UInt8]).self) { group in
                for target in targets {
                    group.addTask {
                        let request = HTTPClientRequest("GET", server.url + target)
                        return (target, try await transport.send(request).body.bytes())
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(bodies.count == count)
            #expect(bodies.allSatisfy { $0.value == Array($0.key.utf8) })
        }
    }

    @Test("may be read after the transport was released")
    func outlives() async throws {
        let body = [UInt8](repeating: 5, count: 1 << 20)
        try await withLoopbackServer { _ in
            [.reply(200, [:], body)]
        } use: { server in
            let reply = try await CurlTransport().send(HTTPClientRequest("GET", server.url))
            #expect(try await reply.body.bytes() == body)
        }
    }

    @Test("also ends the connections when the transport is released")
    func release() async throws {
        let hungUp = Gate()
        try await withLoopbackServer { _ in
            [.reply(), .awaitHangUp, .open(hungUp)]
        } use: { server in
            _ = try await CurlTransport().send(HTTPClientRequest("GET", server.url)).body.bytes()
            try await hungUp.opened()
        }
    }

    @Test("comes for all transfers when the transport and their responses are released")
    func releaseWhileRunning() async throws {
        let hungUps = (0..<8).map { _ in Gate() }
        try await withLoopbackServer { request in
            [Self.head, .awaitHangUp, .open(hungUps[request.connection])]
        } use: { server in
            do {
                let transport = CurlTransport()
                var replies: [HTTPClientResponse] = []
                for _ in hungUps {
                    replies.append(try await transport.send(HTTPClientRequest("GET", server.url)))
                }
                #expect(replies.count == hungUps.count)
            }
            for hungUp in hungUps { try await hungUp.opened() }
        }
    }
}
