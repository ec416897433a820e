import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A real server of HTTP/2 on loopback: `nghttpd`, which serves a folder and speaks nothing else.
public struct HTTP2Server: Sendable {
    /// Its address, without a slash at the end.
    public let url: String
    /// The certificate to trust.
    public let certificateFile: String
    /// The folder that it serves.
    public let folder: String

    /// Runs a server beside `body`.
    public static func with<Result: Sendable>(
        _ body: (HTTP2Server) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            let (key, certificate) = ("\(folder)/key.pem", "\(folder)/certificate.pem")
            let made = try await ChildProcess.outcome(
                of: "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                    "-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost",
                ])
            guard made.status == 0 else { throw Failure(.misconfigured, made.errors) }
            let files = "\(folder)/files"
            try FileManager.default.createDirectory(
                atPath: files, withIntermediateDirectories: true)
            let port = try freePort()
            return try await ChildProcess.withRunning(
                "nghttpd", ["-a", "127.0.0.1", "-d", files, "\(port)", key, certificate]
            ) { server in
                let address = "https://localhost:\(port)"
                try await server.wait(for: "listening") {
                    try await ChildProcess.outcome(
                        of: "curl", ["-s", "--noproxy", "*", "--cacert", certificate, address]
                    ).status == 0
                }
                return try await body(
                    HTTP2Server(
                        url: address, certificateFile: certificate,
                        folder: files))
            }
        }
    }
}
