import CurlHTTP
import Domain
import Glibc
import Ports
import TestSupport
import Testing

@Suite("A response body over libcurl", .timeLimit(.minutes(5)))
struct BodyTests {
    /// 32 MiB with a prime period, so that a misplaced chunk is detected.
    static let pattern: [UInt8] = {
        var bytes = (0..<1_021).map { UInt8(truncatingIfNeeded: $0) }
        while bytes.count < 32 << 20 { bytes += bytes }
        return bytes
    }()

    let transport = CurlTransport()

    @Test("comes while the server is still sending")
    func streams() async throws {
        let gate = Gate()
        try await withLoopbackServer { _ in
            [
                .send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"), .send("first"),
                .wait(gate), .send("later"),
            ]
        } use: { server in
            let reply = try await transport.send(HTTPClientRequest("GET", server.url))
            #expect(try await reply.body.next() == Array("first".utf8))
            gate.open()
            #expect(try await reply.body.next() == Array("later".utf8))
            #expect(try await reply.body.next() == nil)
            #expect(try await reply.body.next() == nil)
        }
    }

    @Test("makes the server wait while nothing reads it, and then arrives completely")
    func backpressure() async throws {
        let body = Self.pattern
        try await withLoopbackServer { _ in
            [.reply(200, [:], body)]
        } use: { server in
            let reply = try await transport.send(
                HTTPClientRequest(
                    "GET", server.url, timeout: .seconds(300), replyByteCountMax: body.count))
            try await server.stalled.opened()
            // The client buffers 256 KiB and one chunk. The rest is in the system's buffers: Linux
            // allows 4 MiB for the sender and 6 MiB for the receiver.
            #expect(server.sentByteCount < 16 << 20)

            var count = 0
            var differences = 0
            while let chunk = try await reply.body.next() {
                #expect(!chunk.isEmpty && chunk.count <= 512 * 1024)
                let expected = Array(body[count...].prefix(chunk.count))
                differences += unsafe memcmp(expected, chunk, chunk.count) == 0 ? 0 : 1
                count += chunk.count
            }
            #expect(count == body.count)
            #expect(differences == 0)
        }
    }

    @Test(
        "may be as large as the limit, but not one byte larger", arguments: [0, 1, 5_000, 700_000])
    func byteLimit(byteCount: Int) async throws {
        let body = [UInt8](repeating: 7, count: byteCount)
        let large = body + [7]
        let chunked =
            Array("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".utf8)
            + Array("\(String(large.count, radix: 16))\r\n".utf8) + large
            + Array("\r\n0\r\n\r\n".utf8)
        try await withLoopbackServer { request in
            switch request.target {
            case "/fits": [.reply(200, [:], body)]
            case "/announced": [.reply(200, [:], large)]
            default: [.send(chunked)]
            }
        } use: { server in
            func bytes(_ path: String) async throws -> [UInt8] {
                try await transport.send(
                    HTTPClientRequest("GET", server.url + path, replyByteCountMax: byteCount)
                ).body.bytes()
            }
            let fitting = try await bytes("/fits")
            #expect(fitting == body)
            for path in ["/announced", "/chunked"] {
                let failure = await #expect(throws: Failure.self) { try await bytes(path) }
                #expect(failure?.code == .limitExceeded)
                #expect(failure?.message.contains("127.0.0.1") == true)
            }
        }
    }

    @Test(
        "that is truncated is a failure, after the received bytes",
        arguments: [
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n",
        ])
    func truncated(reply text: String) async throws {
        try await withLoopbackServer { _ in
            [.send(text), .close]
        } use: { server in
            let reply = try await transport.send(HTTPClientRequest("GET", server.url))
            #expect(try await reply.body.next() == Array("hello".utf8))
            let failure = await #expect(throws: Failure.self) { try await reply.body.next() }
            #expect(failure?.code == .unavailable)
        }
    }

    @Test(
        "or a head that breaks off is a failure",
        arguments: [
            "", "HTTP/1.1 200 OK\r\ncontent-le", "nonsense\r\n\r\n", "HTTP/1.1 100 Go\r\n\r\n",
        ])
    func brokenHead(text: String) async throws {
        for end in [LoopbackServer.Step.close, .reset] {
            try await withLoopbackServer { _ in
                [.send(text), end]
            } use: { server in
                let failure = await #expect(throws: Failure.self) {
                    try await transport.send(HTTPClientRequest("GET", server.url))
                }
                #expect(failure?.code == .unavailable)
            }
        }
    }

    @Test("of a reset connection is a failure")
    func reset() async throws {
        let gate = Gate()
        try await withLoopbackServer { _ in
            [.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"), .wait(gate), .reset]
        } use: { server in
            let reply = try await transport.send(HTTPClientRequest("GET", server.url))
            gate.open()
            let failure = await #expect(throws: Failure.self) { try await reply.body.bytes() }
            #expect(failure?.code == .unavailable)
        }
    }
}
