import CurlHTTP
import Domain
import Ports
import TestSupport
import Testing

@Suite("A compressed body without a content-encoding", .timeLimit(.minutes(1)))
struct UnannouncedPackingTests {
    let transport = CurlTransport()

    func bytes(of body: [UInt8], in pieces: Int, limit: Int = 1 << 20) async throws -> [UInt8] {
        try await withLoopbackServer { _ in
            let chunks = stride(from: 0, to: body.count, by: pieces).flatMap { start in
                let piece = body[start..<min(start + pieces, body.count)]
                return Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece
                    + Array("\r\n".utf8)
            }
            return [
                .send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
                .send(chunks + Array("0\r\n\r\n".utf8)),
            ]
        } use: { server in
            let request = HTTPClientRequest("GET", server.url, replyByteCountMax: limit)
            return try await transport.send(request).body.bytes()
        }
    }

    @Test("is recognized by its first bytes in any chunks", arguments: [1, 2, 3, 100])
    func unpacks(pieces: Int) async throws {
        #expect(
            try await bytes(of: PackedBodyTests.hello, in: pieces) == Array("hello".utf8))
    }

    @Test(
        "is not decompressed if it only begins like a compressed body",
        arguments: [[], [31], [31, 139], [31, 139, 7, 8], [31, 31, 139, 8], Array("{}".utf8)]
            as [[UInt8]], [1, 100])
    func plain(body: [UInt8], pieces: Int) async throws {
        #expect(try await bytes(of: body, in: pieces) == body)
    }

    @Test("is limited after decompression, and must be complete")
    func limits() async throws {
        var failure = await #expect(throws: Failure.self) {
            try await bytes(of: PackedBodyTests.zeros, in: 100, limit: 65_535)
        }
        #expect(failure?.code == .limitExceeded)
        failure = await #expect(throws: Failure.self) {
            try await bytes(of: Array(PackedBodyTests.hello.dropLast()), in: 100)
        }
        #expect(failure?.code == .unavailable)
    }
}
