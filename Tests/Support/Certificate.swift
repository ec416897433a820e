import Domain

/// A certificate that signs itself, for a server on loopback.
public struct Certificate: Sendable {
    /// The file of the certificate, PEM.
    public let file: String
    /// The file of its private key, PEM.
    public let keyFile: String

    /// Makes one that is valid for two days.
    ///
    /// - Parameters:
    ///   - name: Whom it is for, such as `DNS:localhost`.
    ///   - folder: Where its files are written to.
    public static func make(for name: String, in folder: String) async throws -> Certificate {
        let made = Certificate(
            file: "\(folder)/certificate.pem", keyFile: "\(folder)/key.pem")
        let outcome = try await ChildProcess.outcome(
            of: "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", made.keyFile, "-out", made.file, "-days", "2", "-subj", "/CN=test",
                "-addext", "subjectAltName=\(name)",
            ])
        guard outcome.status == 0 else { throw Failure(.misconfigured, outcome.errors) }
        return made
    }
}
