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

@Suite("State that outlives keys and backends", .timeLimit(.minutes(5)))
struct LongLivedStateTests {
    @Test("is sealed again under a new key, and doctor says when the old one can go")
    func rotation() async throws {
        try await Stage.with(organizations: 1) { stage in
            try await stage.connect()
            let old = try #require(stage.environment["STATE_ENCRYPTION_KEYS"] ?? nil)
            let fresh = Data(SystemEntropy().bytes(32)).base64EncodedString()
            let both = ["STATE_ENCRYPTION_KEYS": "\(fresh),\(old)"]
            func doctor() async throws -> String {
                try await stage.local("doctor", with: both).output
            }

            let before = try await doctor()
            #expect(before.contains("1 with key 2 of STATE_ENCRYPTION_KEYS"), "\(before)")
            #expect(before.contains("state reseal"))
            let sealed = try await stage.local("state", "reseal", "--json", with: both)
            #expect(sealed.status == 0, "\(sealed.errors)")
            #expect(try json(sealed.output)["resealed"] == .integer(1))
            let after = try await doctor()
            #expect(after.contains("the other keys can be removed"), "\(after)")

            let alone = try await stage.local(
                "tick", "--quiet", with: ["STATE_ENCRYPTION_KEYS": fresh])
            #expect(alone.status == 0, "\(alone.output)\(alone.errors)")
            let lost = try await stage.local(
                "state", "reseal", with: ["STATE_ENCRYPTION_KEYS": old])
            #expect(
                lost.status == 1 && lost.output.contains("Keep the other keys"), "\(lost.output)")
        }
    }

    @Test("fills a backend that lost its data, from days that are final")
    func again() async throws {
        let day = Stage.yesterday.advanced(by: -6)
        let range = ["--from", "\(day)", "--to", "\(day)"]
        try await Stage.with(organizations: 1) { stage in
            try await stage.connect()
            func tick(_ more: [String]) async throws -> ChildProcess.Outcome {
                try await ChildProcess.outcome(
                    of: BuiltProgram.local, ["tick", "--json", "--quiet"] + range + more,
                    environment: stage.environment, in: stage.folder)
            }
            _ = try await tick([])
            let file = "\(stage.metrics)/acme/\(day).om"
            let written = try #require(FileManager.default.contents(atPath: file))
            try FileManager.default.removeItem(atPath: "\(stage.metrics)/acme")
            #expect(try json(try await tick([]).output)["manifests"]?.elements.isEmpty == true)
            #expect(!FileManager.default.fileExists(atPath: file))

            let outcome = try await tick(["--again"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let manifest = try #require(try json(outcome.output)["manifests"]?.elements.first)
            #expect(manifest["final"] == .bool(true))
            let source = manifest["sources"]?["users-1-day"]
            #expect(source?["outcome"]?.text == "written")
            #expect(source?["notes"]?.elements.first?.text?.contains("sent again") == true)
            #expect(FileManager.default.contents(atPath: file) == written)
        }
    }

    @Test("has nothing to migrate in files, and moves the entries of an old table")
    func migration() async throws {
        try await Moto.withRunning { moto in
            try await Stage.with(organizations: 1) { stage in
                try await stage.connect()
                let files = try await stage.local("state", "migrate")
                #expect(files.output.contains("Nothing had to move"), "\(files.errors)")

                let table = try await moto.tableOfLayout1()
                let item: [String: JSONValue] = [
                    "pk": .object(["S": .string("copilot-usage")]),
                    "sk": .object(["S": .string("tick/last")]),
                    "value": .object(["B": .string("e30=")]),
                    "version": .object(["N": .string("7")]),
                ]
                try await moto.administer(
                    "dynamodb", "put_item", ["TableName": .string(table), "Item": .object(item)])
                let key = try await moto.key(allowing: ["dynamodb:*"])
                let settings: [String: String?] = [
                    "STATE_STORE": "dynamodb:\(table)", "AWS_REGION": Moto.region,
                    "AWS_ENDPOINT_URL": moto.url, "AWS_ACCESS_KEY_ID": key.id,
                    "AWS_SECRET_ACCESS_KEY": key.secret, "AWS_SESSION_TOKEN": nil,
                ]
                let before = try await stage.local("state", with: settings)
                #expect(before.output == "tick/last\n", "\(before.errors)")
                #expect(before.errors.contains("copilot-local state migrate"))
                let doctor = try await stage.local("doctor", with: settings)
                #expect(doctor.output.contains("until copilot-local state migrate moves them"))
                let moved = try await stage.local("state", "migrate", "--json", with: settings)
                #expect(try json(moved.output)["moved"] == .integer(1), "\(moved.errors)")
                let after = try await stage.local("state", with: settings)
                #expect(after.output == "tick/last\n")
                #expect(!after.errors.contains("migrate"), "\(after.errors)")
            }
        }
    }

    @Test(
        "shows one entry by its key, and says that an event names an integration that is not there")
    func lookups() async throws {
        try await Stage.with(organizations: 1) { stage in
            try await stage.connect()
            _ = try await stage.local("tick", "--quiet")
            let shown = try await stage.local("state", "tick/last", "--json")
            #expect(try json(shown.output)["value"]?["version"] == .integer(1), "\(shown.errors)")
            let outcome = try await stage.local(
                "invoke", "onCollectOrg", "--event", "-",
                input: """
                    {"integration": "1-nobody", "installation": 555, "organization": "acme",
                     "day": "\(Stage.yesterday)"}
                    """)
            #expect(
                outcome.errors.contains("No integration has the id 1-nobody"), "\(outcome.errors)")
        }
    }
}
