import CurlHTTP
import Domain
import Ports
import TestSupport
import Testing

@Suite("A body with a Content-MD5 over libcurl", .timeLimit(.minutes(5)))
struct ContentMD5Tests {
    // Python: base64.b64encode(hashlib.md5(…).digest()), of b"hello", of its gzip form and of b"".
    static let plain = "XUFAKrxLKna5cZ2REBfFkg=="
    static let packed = "ctRL8TD2Zr7bDdpKtJR1ew=="
    static let empty = "1B2M2Y8AsgTpgAmY7PhCfg=="

    private func read(
        _ body: [UInt8], _ fields: [String: String], status: Int = 200, method: String = "GET"
    ) async throws -> [UInt8] {
        try await withLoopbackServer { _ in
            [.reply(status, fields, body)]
        } use: { server in
            try await CurlTransport().send(HTTPClientRequest(method, server.url)).body.bytes()
        }
    }

    @Test("is accepted if it matches the digest as transferred")
    func fits() async throws {
        let hello = Array("hello".utf8)
        #expect(try await read(hello, ["Content-MD5": Self.plain]) == hello)
        #expect(try await read([], ["content-md5": Self.empty]).isEmpty)
        for fields in [["content-encoding": "gzip"], [:]] {
            let all = fields.merging(["content-md5": Self.packed]) { $1 }
            #expect(try await read(PackedBodyTests.hello, all) == hello)
        }
    }

    @Test("is accepted if it is the digest of the file that was compressed on the way")
    func decompressed() async throws {
        for fields in [["content-encoding": "gzip"], [:]] {
            let all = fields.merging(["content-md5": Self.plain]) { $1 }
            #expect(try await read(PackedBodyTests.hello, all) == Array("hello".utf8))
        }
    }

    @Test(
        "is reported as damaged and retryable if it does not match",
        arguments: [
            (Array("jello".utf8), plain), (Array("hello!".utf8), plain), ([], plain),
            (Array("hello".utf8), empty), (Array("hello".utf8), packed),
            (PackedBodyTests.hello, empty),
        ])
    func damaged(body: [UInt8], field: String) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await read(body, ["content-md5": field])
        }
        #expect(failure?.code == .unavailable)
        #expect(failure?.message.contains("Content-MD5") == true)
    }

    @Test(
        "is not verified if the field is invalid",
        arguments: ["", "wrong", "AAAA", "5d41402abc4b2a76b9719d911017c592", "\(plain), \(plain)"])
    func noDigest(field: String) async throws {
        #expect(try await read([1, 2], ["content-md5": field]) == [1, 2])
    }

    @Test("is not verified if it is partial")
    func part() async throws {
        #expect(try await read([1, 2], ["content-md5": Self.plain], status: 206) == [1, 2])
    }
}
