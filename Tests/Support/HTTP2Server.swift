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
            let certificate = try await Certificate.make(for: "DNS:localhost", in: folder)
            let files = "\(folder)/files"
            try FileManager.default.createDirectory(
                atPath: files, withIntermediateDirectories: true)
            let port = try freePort()
            return try await ChildProcess.withRunning(
                "nghttpd",
                ["-a", "127.0.0.1", "-d", files, "\(port)", certificate.keyFile, certificate.file]
            ) { server in
                let address = "https://localhost:\(port)"
                try await server.wait(for: "listening") {
                    try await ChildProcess.outcome(
                        of: "curl", ["-s", "--noproxy", "*", "--cacert", certificate.file, address]
                    ).status == 0
                }
                return try await body(
                    HTTP2Server(
                        url: address, certificateFile: certificate.file,
                        folder: files))
            }
        }
    }
}
