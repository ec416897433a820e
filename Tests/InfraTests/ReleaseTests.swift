import Deployment
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `make dist` writes, from the release build beside the tests, held against the tools of those
/// who receive it.
@Suite("A release", .serialized, .timeLimit(.minutes(10)))
struct ReleaseTests {
    @Test("has the same bytes when it is built again in another environment")
    func reproducible() async throws {
        let first = try await Release.folder()
        let second = try await Release.build(
            "second", umask: "077",
            environment: ["TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": nil])
        let sums = try Release.text("\(first)/SHA256SUMS")
        #expect(try Release.text("\(second)/SHA256SUMS") == sums)
        let checked = try await ChildProcess.outcome(
            of: "sha256sum", ["--check", "--strict", "SHA256SUMS"], in: first)
        #expect(checked.status == 0, "\(checked.errors)")
        let listed = sums.split(separator: "\n").compactMap { $0.split(separator: " ").last }
        #expect(
            try Set(listed.map(String.init) + ["SHA256SUMS"])
                == Set(FileManager.default.contentsOfDirectory(atPath: first)))
    }

    @Test("has one version, which the programs, its files and the deployments name")
    func version() async throws {
        let folder = try await Release.folder()
        let version = try await Release.version()
        for program in ["copilot-functions", "copilot-local"] {
            let outcome = try await ChildProcess.outcome(
                of: "\(Release.programs)/\(program)", ["--version"])
            #expect(outcome.output == version + "\n")
        }
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where file != "SHA256SUMS" {
            #expect(file.contains("_\(version)_"), "\(file)")
        }
        let tags = try await ChildProcess.outcome(
            of: "grep",
            [
                "-rhoE", #"copilot-functions:[0-9][A-Za-z0-9.+-]*|newTag: .*"#, "infra", "docs",
                "README.md",
            ], in: Repository.root
        ).output.split(separator: "\n").map { $0.split { ": \"".contains($0) }.last }
        #expect(tags.count >= 4)
        #expect(tags.allSatisfy { $0 == version[...] }, "\(tags)")
    }

    @Test("has a package that lintian has nothing to say about")
    func lintian() async throws {
        let package = try await Release.file(".deb")
        let outcome = try await ChildProcess.outcome(
            of: "lintian", ["--allow-root", "--pedantic", "--fail-on", "pedantic", package])
        #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.output)")
    }

    @Test("completes its commands in three shells, and describes them in a manual")
    func words() async throws {
        let package = try await Release.file(".deb")
        try await withTemporaryFolder { folder in
            let unpacked = try await ChildProcess.outcome(of: "dpkg-deb", ["-x", package, folder])
            try #require(unpacked.status == 0, "\(unpacked.errors)")
            for (program, word) in [
                ("copilot-functions", "--event"), ("copilot-local", "dead-letters"),
            ] {
                for (shell, file) in [
                    ("bash", "bash-completion/completions/\(program)"),
                    ("fish", "fish/vendor_completions.d/\(program).fish"),
                    ("zsh", "zsh/vendor-completions/_\(program)"),
                ] {
                    let path = "\(folder)/usr/share/\(file)"
                    let read = try await ChildProcess.outcome(of: shell, ["-n", path])
                    #expect(read.status == 0, "\(shell): \(read.errors)")
                    // fish takes options without their dashes.
                    let name = word.drop { $0 == "-" }
                    #expect(try Release.text(path).contains(name), "\(path)")
                }
                let manual = try await ChildProcess.outcome(
                    of: "man",
                    ["--warnings", "-l", "\(folder)/usr/share/man/man1/\(program).1.gz"],
                    environment: ["MANWIDTH": "120", "LC_ALL": "C.UTF-8"])
                #expect(manual.status == 0 && manual.errors.isEmpty, "\(manual.errors)")
                #expect(manual.output.contains(word), "\(manual.output)")
            }
        }
    }

    @Test("installs on a bare Debian 12, collects under systemd, and leaves nothing when purged")
    func package() async throws {
        let package = try await Release.file(".deb")
        let outcome = try await ChildProcess.outcome(
            of: "\(PythonCheck.folder)/package-on-debian.sh", [package])
        #expect(outcome.status == 0, "\(outcome.output.suffix(6_000))\(outcome.errors)")
        print(outcome.output)
    }

    @Test(
        "follows the specifications of its image and its bill of materials",
        arguments: ["released_image", "released_parts"])
    func formats(check: String) async throws {
        let outcome = try await Release.check(check)
        #expect(outcome.status == 0, "\(outcome.errors.suffix(6_000))")
    }

    @Test("has an image that collects in a container engine")
    func container() async throws {
        let outcome = try await Release.check("released_container")
        if outcome.status == 77 {
            print("NOT TESTED: this kernel does not let podman run the image: \(outcome.errors)")
            try Test.cancel("This kernel does not let podman run the image: \(outcome.errors)")
        }
        #expect(outcome.status == 0, "\(outcome.errors.suffix(6_000))")
    }

    @Test(
        "is not written over anything else",
        arguments: [([], "usage:"), (["/etc"], "/etc holds other files"), (["a", "b"], "usage:")])
    func refused(arguments: [String], reason: String) async throws {
        let outcome = try await ChildProcess.outcome(of: Release.script, arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    }
}

/// A release that is built once, for all tests that look at it.
private enum Release {
    static let script = "\(Repository.root)/infra/release/dist.sh"
    static let programs = "\(Repository.root)/.build/release"

    private static let first = Task { try await build("first") }

    static func folder() async throws -> String { try await first.value }

    /// The only file of the release with this ending.
    static func file(_ ending: String) async throws -> String {
        let folder = try await folder()
        let name = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(ending) }
        try #require(name.count == 1, "\(name)")
        return "\(folder)/\(name[0])"
    }

    /// The version of the program beside the tests.
    static func version() async throws -> String {
        let outcome = try await ChildProcess.outcome(of: BuiltProgram.functions, ["--version"])
        return String(outcome.output.prefix { $0 != "\n" })
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    static func build(
        _ name: String, umask: String = "022", environment: [String: String?] = [:]
    ) async throws -> String {
        let folder = "\(Repository.root)/.build/dist-test/\(name)"
        let outcome = try await ChildProcess.outcome(
            of: "sh", ["-c", #"umask "$0"; exec "$@""#, umask, script, folder],
            environment: environment)
        // Not by `#require`: its failure would count for the first test alone, and the others would pass.
        guard outcome.status == 0 else { throw NotBuilt(description: outcome.errors) }
        return folder
    }

    /// There is no release to look at.
    struct NotBuilt: Error, CustomStringConvertible {
        let description: String
    }

    static func check(_ name: String) async throws -> ChildProcess.Outcome {
        try await PythonCheck.outcome(
            of: name,
            environment: ["DIST": try await folder(), "VERSION": try await version()])
    }
}
