import Domain
import GitHubSimulator
import InProcess
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("An enterprise that pays", .timeLimit(.minutes(5)))
struct EnterpriseTests {
    @Test("is billed per organization, with exactly GitHub's numbers, named in the manifest")
    func numbers() async throws {
        let scenario = try #require(Scenario.named("enterprise-pays"))
        try await Stage.with { configuration, world in
            scenario.apply(to: &world, &configuration)
        } _: { stage in
            try await stage.connect()
            let yesterday = Stage.yesterday
            let tick = try await stage.tick(on: yesterday)
            #expect(tick.status == 0, "\(tick.report)")
            #expect(tick.result(.billing)?["enterprise"]?.text == "acme-inc")
            #expect(tick.result(.billing, "acme-2")?["enterprise"] == nil)
            for name in ["acme", "acme-2"] {
                let organization = try #require(stage.github.world.organization(name))
                let bill = try #require(
                    stage.github.world.bill(
                        of: organization, monthOf: yesterday, on: yesterday.advanced(by: 1)))
                let login = try #require(OrganizationLogin(name))
                let truth = bill.flatMap { $0.rows(of: login) }.sorted()
                let written = try stage.written([.billing], of: name, yesterday)
                #expect(written.map(\.series) == truth.map(\.series), "\(name)")
                for (row, expected) in zip(written, truth) {
                    #expect(
                        abs(row.value - expected.value) < 1e-6 * max(1, expected.value),
                        "\(expected.series)")
                }
                #expect(!truth.isEmpty)
            }
            let status = try await stage.local("status", "acme", yesterday.description)
            #expect(status.output.contains("On the bill of the enterprise acme-inc"))
            // One request more for the organization that the enterprise pays for, and its models.
            let asked = stage.github.requests.filter { $0.path.hasPrefix("/enterprises/") }
            #expect(asked.map(\.status) == [200, 200])
            #expect(asked.allSatisfy { $0.credential == .personalToken })
            #expect(
                stage.github.requests.allSatisfy {
                    $0.credential != .personalToken || $0.path.hasPrefix("/enterprises/acme-inc/")
                })
            #expect(stage.github.violations.isEmpty)
        }
    }

    @Test("leaves no token in logs, state, journal or a recording, which replays")
    func secret() async throws {
        for name in ["enterprise-pays", "enterprise-scope"] {
            let scenario = try #require(Scenario.named(name))
            try await Stage.with { configuration, world in
                scenario.apply(to: &world, &configuration)
            } _: { stage in
                try await stage.connect()
                let yesterday = Stage.yesterday.description
                let recorded = try await stage.local(
                    "record", "recorded", "--", "tick", "--from", yesterday, "--to", yesterday,
                    with: ["LOG_LEVEL": "trace"])
                #expect(recorded.status == (name == "enterprise-pays" ? 0 : 1))
                let replayed = try await stage.local("replay", "recorded")
                #expect(replayed.status == 0, "\(replayed.output) \(replayed.errors)")
                let texts = [recorded, replayed].flatMap { [$0.output, $0.errors] }
                #expect(texts.allSatisfy { !$0.contains("ghp_") })
                let files = try FileManager.default.subpathsOfDirectory(atPath: stage.folder)
                #expect(files.contains { $0.hasPrefix("recorded/") })
                for file in files {
                    let bytes = FileManager.default.contents(atPath: "\(stage.folder)/\(file)")
                    let text = String(decoding: bytes ?? Data(), as: UTF8.self)
                    #expect(!text.contains("ghp_"), "\(file)")
                }
            }
        }
    }
}
