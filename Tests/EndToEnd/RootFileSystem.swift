import Deployment
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The image's root filesystem, assembled from the program as it was built, and what runs in it.
struct RootFileSystem: Sendable {
    /// Where the image keeps the program.
    static let program = "/usr/local/bin/copilot-functions"
    /// The certificates that libcurl trusts there.
    static let certificates = "/etc/ssl/certs/ca-certificates.crt"

    let folder: String
    /// What the script said of it.
    let figures: String

    /// Assembles it in an empty folder.
    static func assembled(in folder: String) async throws -> RootFileSystem {
        let made = try await ChildProcess.outcome(
            of: "\(Repository.root)/infra/container/rootfs.sh",
            ["--json", BuiltProgram.functions, folder])
        try #require(made.status == 0, "\(made.errors)")
        return RootFileSystem(folder: folder, figures: made.output)
    }

    /// The command that runs the program in there, with these variables and no others.
    func command(
        _ arguments: [String], environment: [String: String?],
        mounts: [String] = [], readOnly: [String] = []
    ) -> (program: String, arguments: [String]) {
        let settings =
            mounts.flatMap { ["--mount", $0] } + readOnly.flatMap { ["--read-only", $0] }
            + environment.compactMap { $1 == nil ? nil : ["--env", $0] }.joined()
        return (
            "\(Repository.root)/infra/container/enter.sh",
            settings + [folder, Self.program] + arguments
        )
    }
}

/// A name and TLS in front of a port of this machine.
struct Front: Sendable {
    static let name = "github.test"

    /// The address that names lead to.
    let url: String
    /// A `resolv.conf` that leads to the name server.
    let resolver: String
    /// The certificates that the system trusts, and the one of this server.
    let certificates: String

    /// Runs both servers beside `body`.
    static func withRunning(
        before port: Int, in folder: String, _ body: (Front) async throws -> Void
    ) async throws {
        let (key, certificate) = ("\(folder)/front.key", "\(folder)/front.pem")
        let made = try await ChildProcess.outcome(
            of: "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=\(name)",
                "-addext", "subjectAltName=DNS:\(name)",
            ])
        try #require(made.status == 0, "\(made.errors)")
        let isRoot = try await ChildProcess.outcome(of: "id", ["-u"]).output == "0\n"
        let words =
            (isRoot ? [] : ["sudo", "-n"]) + [
                "/usr/bin/python3", "\(Repository.root)/Tests/EndToEnd/front.py", "--name", name,
                "--certificate", certificate, "--key", key, "--forward", String(port),
            ]
        try await ChildProcess.withRunning(words[0], [String](words.dropFirst())) { servers in
            try await servers.wait(for: "both ports") { servers.output.contains("ready") }
            let said = try #require(
                servers.output.firstMatch(of: #/names=(?<names>\S+) port=(?<port>\d+)/#))
            let (resolver, trusted) = ("\(folder)/resolv.conf", "\(folder)/trusted.pem")
            try Data("nameserver \(said.names)\noptions timeout:2 attempts:2\n".utf8)
                .write(to: URL(filePath: resolver))
            let system = try Data(contentsOf: URL(filePath: RootFileSystem.certificates))
            try (system + Data(contentsOf: URL(filePath: certificate)))
                .write(to: URL(filePath: trusted))
            try await body(
                Front(
                    url: "https://\(name):\(said.port)", resolver: resolver, certificates: trusted))
        }
    }
}
