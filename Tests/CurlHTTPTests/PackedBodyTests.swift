import CurlHTTP
import Domain
import Ports
import TestSupport
import Testing

@Suite("A gzip body over libcurl", .timeLimit(.minutes(5)))
struct PackedBodyTests {
    let transport = CurlTransport()

    // Python: gzip.compress(b"hello", mtime=0).
    static let hello: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0,
    ]
    // Python: gzip.compress(b"\0" * 65_536, mtime=0).
    static let zeros: [UInt8] =
        [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 1, 1, 0, 0, 0, 128, 144, 254, 175, 238, 8, 10]
        + [UInt8](repeating: 0, count: 63) + [106, 235, 142, 151, 215, 0, 0, 1, 0]

    func bytes(_ body: [UInt8], limit: Int = 1 << 20) async throws -> [UInt8] {
        try await withLoopbackServer { _ in
            [.reply(200, ["content-encoding": "gzip"], body)]
        } use: { server in
            let request = HTTPClientRequest("GET", server.url, replyByteCountMax: limit)
            return try await transport.send(request).body.bytes()
        }
    }

    @Test(
        "is decompressed, by any of its names, and its head loses the content-encoding",
        arguments: ["gzip", "GZip", "GZIP", "x-gzip", "X-GZip"])
    func unpacks(encoding: String) async throws {
        try await withLoopbackServer { _ in
            [.reply(200, ["Content-Encoding": encoding, "etag": "e"], Self.hello)]
        } use: { server in
            let reply = try await transport.send(HTTPClientRequest("GET", server.url))
            #expect(reply.fields == ["etag": "e"])
            #expect(try await reply.body.bytes() == Array("hello".utf8))
            #expect(try await reply.body.next() == nil)
        }
    }

    @Test("is decompressed in any chunks")
    func pieces() async throws {
        try await withLoopbackServer { _ in
            let chunks = Self.hello.flatMap { Array("1\r\n".utf8) + [$0] + Array("\r\n".utf8) }
            return [
                .send("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n"),
                .send("transfer-encoding: chunked\r\n\r\n"),
                .send(chunks + Array("0\r\n\r\n".utf8)),
            ]
        } use: { server in
            let reply = try await transport.send(HTTPClientRequest("GET", server.url))
            #expect(try await reply.body.bytes() == Array("hello".utf8))
        }
    }

    @Test("may have several members, or be empty")
    func members() async throws {
        #expect(try await bytes(Self.hello + Self.hello) == Array("hellohello".utf8))
        #expect(try await bytes([]).isEmpty)
    }

    @Test("is limited after decompression, in small chunks")
    func limit() async throws {
        // 19 KB that expand to 13 MB.
        let bomb = Array(repeatElement(Self.zeros, count: 200).joined())
        #expect(try await bytes(bomb, limit: 200 << 16).count == 200 << 16)
        let failure = await #expect(throws: Failure.self) {
            try await bytes(bomb, limit: 200 << 16 - 1)
        }
        #expect(failure?.code == .limitExceeded)
    }

    @Test("is limited as transferred")
    func wireLimit() async throws {
        let failure = await #expect(throws: Failure.self) {
            try await bytes(Self.hello, limit: Self.hello.count - 1)
        }
        #expect(failure?.code == .limitExceeded)
    }

    @Test(
        "that is truncated is a failure although the connection was closed properly",
        arguments: 1..<25)
    func truncated(byteCount: Int) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await bytes(Array(Self.hello.prefix(byteCount)))
        }
        #expect(failure?.code == .unavailable)
    }

    @Test(
        "that is not gzip is a failure",
        arguments: [
            Array("hello".utf8), hello.dropLast(8) + [0, 0, 0, 0, 5, 0, 0, 0], hello + [1, 2, 3],
        ])
    func notGzip(body: [UInt8]) async throws {
        let failure = await #expect(throws: Failure.self) { try await bytes(body) }
        #expect(failure?.code == .unavailable)
    }

    @Test("fails with an unsupported content encoding", arguments: ["br", "gzip, gzip", "deflate"])
    func otherEncodings(encoding: String) async throws {
        try await withLoopbackServer { _ in
            [.reply(200, ["content-encoding": encoding], [1, 2, 3])]
        } use: { server in
            let failure = await #expect(throws: Failure.self) {
                try await transport.send(HTTPClientRequest("GET", server.url))
            }
            #expect(failure?.code == .malformedReply)
        }
    }
}
