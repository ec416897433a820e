import CurlHTTP
import Domain
import Ports
import TestSupport
import Testing

@Suite("A Zstandard body", .timeLimit(.minutes(1)))
struct ZstdBodyTests {
    let transport = CurlTransport()

    // printf hello | zstd --check
    static let hello: [UInt8] = [
        40, 181, 47, 253, 4, 88, 41, 0, 0, 104, 101, 108, 108, 111, 163, 109, 159, 136,
    ]
    // printf hello | zstd --no-check --ultra --zstd=wlog=31, which asks for two gigabytes.
    static let wide: [UInt8] = [
        0x28, 0xB5, 0x2F, 0xFD, 0, 0xA8, 0x29, 0, 0, 104, 101, 108, 108, 111,
    ]

    func bytes(
        _ body: [UInt8], says encoding: String?, in pieces: Int = 7, limit: Int = 1 << 20
    ) async throws -> [UInt8] {
        try await withLoopbackServer { _ in
            let chunks = stride(from: 0, to: body.count, by: pieces).flatMap { start in
                let piece = body[start..<min(start + pieces, body.count)]
                return Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece
                    + Array("\r\n".utf8)
            }
            let field = encoding.map { "content-encoding: \($0)\r\n" } ?? ""
            return [
                .send("HTTP/1.1 200 OK\r\n\(field)transfer-encoding: chunked\r\n\r\n"),
                .send(chunks + Array("0\r\n\r\n".utf8)),
            ]
        } use: { server in
            let request = HTTPClientRequest("GET", server.url, replyByteCountMax: limit)
            return try await transport.send(request).body.bytes()
        }
    }

    @Test(
        "is decompressed by its head or its first bytes, in any chunks",
        arguments: ["zstd", nil], [1, 3, 100])
    func unpacks(encoding: String?, pieces: Int) async throws {
        let once = try await bytes(Self.hello, says: encoding, in: pieces)
        #expect(once == Array("hello".utf8))
        let twice = try await bytes(Self.hello + Self.hello, says: encoding, in: pieces)
        #expect(twice == Array("hellohello".utf8))
    }

    @Test("that is truncated is a failure", arguments: 1..<18)
    func truncated(byteCount: Int) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await bytes(Array(Self.hello.prefix(byteCount)), says: "zstd")
        }
        #expect(failure?.code == .unavailable)
    }

    @Test(
        "that is invalid, was changed or needs too much memory is a failure",
        arguments: [
            Array("hello".utf8), hello.dropLast() + [0], hello + [1, 2, 3], wide,
        ])
    func refused(body: [UInt8]) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await bytes(body, says: "zstd")
        }
        #expect(failure?.code == .unavailable)
        if body == Self.wide {
            #expect(failure?.message.contains("a window of more than 8 MiB") == true)
        }
    }

    @Test("is limited after decompression")
    func limit() async throws {
        let failure = await #expect(throws: Failure.self) {
            try await bytes(Self.hello + Self.hello, says: "zstd", limit: 31)
        }
        #expect(failure?.code == .limitExceeded)
        let whole = try await bytes(Self.hello, says: "zstd", limit: 18)
        #expect(whole.count == 5)
    }
}
