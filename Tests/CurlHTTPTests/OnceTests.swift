import CurlHTTP
import Domain
import Ports
import TestSupport
import Testing

@Suite("A request that must arrive once, over libcurl", .timeLimit(.minutes(5)))
struct OnceTests {
    /// Sends a request that leaves a connection to reuse, and one whose connection is closed after
    /// the server has read it.
    ///
    /// - Returns: How many times the second one arrived.
    private func arrivals(isOnce: Bool) async throws -> Int {
        try await withLoopbackServer { request in
            request.method == "GET" ? [.reply()] : [.close]
        } use: { server in
            let transport = CurlTransport()
            let first = try await transport.send(HTTPClientRequest("GET", server.url))
            _ = try await first.body.bytes()
            var request = HTTPClientRequest("POST", server.url, body: Array("token".utf8))
            request.isOnce = isOnce
            let second = request
            let failure = await #expect(throws: Failure.self) {
                try await transport.send(second)
            }
            #expect(failure?.code == .unavailable)
            return server.requests.count { $0.method == "POST" }
        }
    }

    @Test("is not repeated when the connection closes after it was read")
    func once() async throws {
        #expect(try await arrivals(isOnce: true) == 1)
    }

    @Test("is told from others, which libcurl repeats on a new connection")
    func others() async throws {
        #expect(try await arrivals(isOnce: false) == 2)
    }

    @Test("leaves its connection to the next")
    func reuse() async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            let transport = CurlTransport()
            var request = HTTPClientRequest("POST", server.url)
            request.isOnce = true
            for next in [request, HTTPClientRequest("GET", server.url), request] {
                _ = try await transport.send(next).body.bytes()
            }
            #expect(server.connectionCount == 2)
        }
    }
}
