import Deployment
import Domain
import GitHubSimulator
import OpenSSLCrypto
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The image as it is deployed, without an engine: an unprivileged user on a read-only root that
/// holds the program, its libraries and the certificates, and no shell.
@Suite("The image's root filesystem", .timeLimit(.minutes(3)))
struct RootFileSystemTests {
    @Test("serves, authorizes and collects, with DNS names and TLS")
    func chain() async throws {
        try await Stage.with { stage in
            let root = try await RootFileSystem.assembled(in: "\(stage.folder)/root")
            let data = "\(stage.folder)/data"
            try FileManager.default.createDirectory(
                atPath: data, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o777])
            let api = try #require(stage.environment["GITHUB_API_URL"] ?? nil)
            let port = try #require(Int(api.split(separator: ":").last ?? ""))
            try await Front.withRunning(before: port, in: stage.folder) { front in
                let environment = stage.environment.merging([
                    "GITHUB_API_URL": front.url, "GITHUB_SERVER_URL": front.url,
                    "STATE_STORE": "file:/data/state", "METRICS_SINK": "file:/data/metrics",
                    "EVENT_BUS": nil, "PORT": String(stage.port),
                    "SETUP_TOKEN": "setup-token-of-the-test",
                ]) { $1 }
                func command(
                    _ arguments: [String], trusting certificates: String
                ) -> (program: String, arguments: [String]) {
                    root.command(
                        arguments, environment: environment, mounts: ["\(data):/data"],
                        readOnly: [
                            "\(front.resolver):/etc/resolv.conf",
                            "\(certificates):\(RootFileSystem.certificates)",
                        ])
                }
                func run(
                    _ function: String, _ event: String, trusting certificates: String
                ) async throws -> ChildProcess.Outcome {
                    let (program, arguments) = command(
                        [function, "--event", "-"], trusting: certificates)
                    return try await ChildProcess.outcome(
                        of: program, arguments, input: event, environment: environment)
                }
                func result(_ function: String, _ event: String) async throws -> JSONValue {
                    let outcome = try await run(function, event, trusting: front.certificates)
                    try #require(outcome.status == 0, "\(function): \(outcome.errors)")
                    return try json(outcome.output)
                }

                let (program, arguments) = command(
                    ["onAuthorizeCallback"], trusting: front.certificates)
                try await ChildProcess.withRunning(
                    program, arguments, environment: environment
                ) { host in
                    let home = "http://127.0.0.1:\(stage.port)"
                    try await host.wait(for: "its health") {
                        (try? await Stage.get("\(home)/healthz"))?.status == 200
                    }
                    let begun = try await Stage.get(
                        "\(home)/authorize?token=setup-token-of-the-test")
                    let cookie = try #require(begun.fields["set-cookie"]).prefix { $0 != ";" }
                    // The person's browser does not ask our name server.
                    let consent = try #require(begun.fields["location"])
                        .replacing(front.url, with: api)
                    let back = try #require(try await Stage.get(consent).fields["location"])
                    let done = try await Stage.get(back, cookie: String(cookie))
                    #expect(done.status == 200, "\(host.output)")
                    host.terminate()
                    try await host.waitForEnd()
                }

                // Without the front's own certificate there is no connection, and the reason is said.
                let stranger = try await run(
                    "onDailyTick", "{}", trusting: RootFileSystem.certificates)
                #expect(stranger.output.contains("certificate"), "\(stranger.output)")

                let events = try await result("onDailyTick", "{}")["events"]?.elements ?? []
                #expect(events.count == 2 * 3)
                for event in events {
                    let manifest = try await result(
                        "onCollectOrg", String(decoding: try encoded(event), as: UTF8.self))
                    guard case .object(let sources)? = manifest["sources"] else {
                        Issue.record("a manifest without sources: \(manifest)")
                        continue
                    }
                    for (source, state) in sources {
                        #expect(
                            ["written", "not-applicable"].contains(state["outcome"]?.text ?? ""),
                            "\(source): \(state)")
                    }
                }
                #expect(try Stage.samples(in: "\(data)/metrics").count == events.count)
                #expect(stage.github.violations.isEmpty)
            }
        }
    }

    @Test("contains the program, its libraries and certificates, and no other program")
    func content() async throws {
        try await withTemporaryFolder { folder in
            let root = try await RootFileSystem.assembled(in: "\(folder)/root")
            let figures = try json(root.figures)
            let files = try FileManager.default.subpathsOfDirectory(atPath: root.folder)
            let programs = files.filter { file in
                let isFile =
                    (try? FileManager.default.attributesOfItem(atPath: "\(root.folder)/\(file)"))?[
                        .type] as? FileAttributeType == .typeRegular
                return isFile && !file.contains(".so")
                    && FileManager.default.isExecutableFile(atPath: "\(root.folder)/\(file)")
            }
            #expect(programs == [String(RootFileSystem.program.dropFirst())])
            #expect(files.contains(String(RootFileSystem.certificates.dropFirst())))
            #expect(!files.contains { $0.hasSuffix(".key") })
            #expect(
                figures["libraryCount"]
                    == .integer(Int64(files.count { $0.contains(".so") })))

            // What is not mounted cannot be written, not even by who owns it outside.
            let (program, arguments) = root.command(
                ["onDailyTick", "--event", "-"],
                environment: [
                    "STATE_STORE": "file:/state", "STATE_ENCRYPTION_KEYS": Self.key,
                    "GITHUB_APP_CLIENT_ID": "Iv1.0", "GITHUB_APP_CLIENT_SECRET": "none",
                ])
            let outcome = try await ChildProcess.outcome(
                of: program, arguments, input: "{}",
                environment: [
                    "STATE_STORE": "file:/state", "STATE_ENCRYPTION_KEYS": Self.key,
                    "GITHUB_APP_CLIENT_ID": "Iv1.0", "GITHUB_APP_CLIENT_SECRET": "none",
                ])
            #expect(outcome.status != 0)
            #expect(outcome.errors.contains("STATE_STORE"), "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: "\(root.folder)/state"))
        }
    }

    @Test(
        "starts without a library that it does not need, and names a missing one that it needs",
        arguments: [("libpq.so.5", 2, "libpq5"), ("libcurl.so.4", 0, "")])
    func missing(library: String, status: Int32, package: String) async throws {
        try await withTemporaryFolder { folder in
            let root = try await RootFileSystem.assembled(in: "\(folder)/root")
            let path = try #require(
                try FileManager.default.subpathsOfDirectory(atPath: root.folder)
                    .first { $0.hasSuffix("/\(library)") })
            try FileManager.default.removeItem(atPath: "\(root.folder)/\(path)")
            let environment = [
                "STATE_STORE": package.isEmpty ? "memory" : "postgres://127.0.0.1:1/none",
                "STATE_ENCRYPTION_KEYS": Self.key, "GITHUB_APP_ID": "1",
                "GITHUB_APP_PRIVATE_KEY": RSAKeyPair.generate(bits: 2_048).privateKey.reveal { $0 },
                "GITHUB_APP_CLIENT_ID": "Iv1.0", "GITHUB_APP_CLIENT_SECRET": "none",
            ]
            let (program, arguments) = root.command(
                ["onDailyTick", "--event", "-"], environment: environment)
            let outcome = try await ChildProcess.outcome(
                of: program, arguments, input: "{}", environment: environment)
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(outcome.errors.contains("\(library): cannot open") == !package.isEmpty)
            #expect(outcome.errors.contains(package) || package.isEmpty, "\(outcome.errors)")
        }
    }

    @Test("names the packages that the larger image needs")
    func packages() async throws {
        let named = try await ChildProcess.outcome(
            of: "\(Repository.root)/infra/container/rootfs.sh",
            ["--packages", BuiltProgram.functions])
        try #require(named.status == 0, "\(named.errors)")
        let packages = Set(named.output.split(separator: "\n").map(String.init))
        #expect(packages.isSuperset(of: ["libc6", "libcurl4", "libpq5", "libssl3"]))
        // Each is one that apt knows; a library without a package would be left out of the image.
        let known = try await ChildProcess.outcome(of: "dpkg-query", ["-W"] + packages.sorted())
        #expect(known.status == 0, "\(known.errors)")
    }

    @Test("accepts a program that links only system libraries")
    func system() async throws {
        try await withTemporaryFolder { folder in
            let made = try await ChildProcess.outcome(
                of: "\(Repository.root)/infra/container/rootfs.sh",
                ["/usr/bin/openssl", "\(folder)/root"])
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.output.contains("MB gzipped"))
        }
    }

    @Test(
        "reports why it cannot be assembled",
        arguments: [
            (["/nowhere", "DIR"], "/nowhere is not there"),
            (["\(Repository.root)/README.md", "DIR"], "is not a program"),
            ([BuiltProgram.functions, "/etc"], "/etc is not empty"),
            ([], "usage:"), (["--json"], "usage:"), (["--jason", "a", "b"], "usage:"),
        ])
    func refused(arguments: [String], reason: String) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await ChildProcess.outcome(
                of: "\(Repository.root)/infra/container/rootfs.sh",
                arguments.map { $0 == "DIR" ? "\(folder)/root" : $0 })
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains(reason), "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/root"))
        }
    }

    private static let key = Data(repeating: 7, count: 32).base64EncodedString()
}
