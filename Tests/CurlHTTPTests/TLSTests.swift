import CurlHTTP
import Domain
import Ports
import TestSupport
import Testing

@Suite("TLS over libcurl", .timeLimit(.minutes(2)))
struct TLSTests {
    @Test("requires a certificate of a trusted authority")
    func verifies() async throws {
        try await TLSServer.withRunning(certifiedFor: "DNS:localhost") { server in
            let url = "https://localhost:\(server.port)/?sig=hunter2"
            let failure = await #expect(throws: Failure.self) {
                try await CurlTransport().send(HTTPClientRequest("GET", url))
            }
            #expect(failure?.code == .untrustedHost)
            #expect(failure?.message.contains("localhost") == true)
            #expect(failure?.message.contains("hunter2") == false)

            let trusting = CurlTransport(.init(caFile: server.certificateFile))
            let reply = try await trusting.send(HTTPClientRequest("GET", url))
            #expect(reply.status == 200)
            #expect(try await reply.body.bytes().isEmpty == false)
        }
    }

    @Test("requires a certificate for the right name")
    func verifiesHost() async throws {
        try await TLSServer.withRunning(certifiedFor: "DNS:elsewhere.example") { server in
            let trusting = CurlTransport(.init(caFile: server.certificateFile))
            let failure = await #expect(throws: Failure.self) {
                try await trusting.send(
                    HTTPClientRequest("GET", "https://localhost:\(server.port)/"))
            }
            #expect(failure?.code == .untrustedHost)
        }
    }

    @Test("does not fall back to plain text")
    func plainPort() async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            let failure = await #expect(throws: Failure.self) {
                try await CurlTransport().send(
                    HTTPClientRequest("GET", "https://127.0.0.1:\(server.port)/"))
            }
            #expect(failure?.code == .unavailable)
            #expect(server.requests.isEmpty)
        }
    }

    @Test("requires a readable certificate file if one is set")
    func missingFile() async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            let transport = CurlTransport(.init(caFile: "/nowhere/ca.pem"))
            let failure = await #expect(throws: Failure.self) {
                try await transport.send(
                    HTTPClientRequest("GET", "https://127.0.0.1:\(server.port)/"))
            }
            #expect(failure?.code == .misconfigured)
            #expect(failure?.message.contains("SSL_CERT_FILE") == true)
        }
    }
}
