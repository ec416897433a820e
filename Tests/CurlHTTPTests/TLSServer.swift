import TestSupport

/// OpenSSL's test server, which responds to every GET with a page about the connection.
struct TLSServer {
    /// The port, chosen by the system.
    let port: Int
    /// The self-signed certificate.
    let certificateFile: String

    /// Runs a server beside `body`.
    ///
    /// - Parameters:
    ///   - name: The subject alternative name in OpenSSL's syntax, such as `DNS:localhost`.
    static func withRunning(
        certifiedFor name: String, _ body: (TLSServer) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let certificate = try await Certificate.make(for: name, in: folder)
            try await ChildProcess.withRunning(
                "openssl",
                [
                    "s_server", "-accept", "0", "-cert", certificate.file,
                    "-key", certificate.keyFile, "-www",
                ]
            ) { server in
                // It prints "ACCEPT [::]:40001".
                let accepting = #/ACCEPT .*:(\d+)\n/#
                try await server.wait(for: "its port") { server.output.contains(accepting) }
                let port = server.output.firstMatch(of: accepting).flatMap { Int($0.1) } ?? 0
                try await body(TLSServer(port: port, certificateFile: certificate.file))
            }
        }
    }
}
