import TestSupport
import Testing

@testable import HTTPHost

@Suite("The address that a function host listens on", .timeLimit(.minutes(5)))
struct WildcardAddressTests {
    @Test("takes IPv6 and IPv4 at one port")
    func both() async throws {
        guard WildcardAddress.best() == WildcardAddress.ipv6 else {
            // IPv6 is off here, which is the other case.
            return
        }
        let server = HTTPServer(
            host: WildcardAddress.best(), port: 0, logger: Hosted.quiet
        ) { _ in .text(200, "here") }
        try await server.withRunning { port in
            for host in ["127.0.0.1", "[::1]"] {
                let outcome = try await ChildProcess.outcome(
                    of: "curl", ["-sSg", "--noproxy", "*", "http://\(host):\(port)/"])
                #expect(outcome.output == "here\n", "\(host): \(outcome.errors)")
            }
        }
    }
}
