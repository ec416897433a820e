import Deployment
import Domain
import Testing

@Suite("The settings of an enterprise")
struct EnterpriseSettingsTests {
    private func read(_ changes: [String: String]) throws(Failure) -> Settings {
        try SettingsTests.read(changes)
    }

    @Test("are read together, and show no token")
    func both() throws {
        let settings = try read([
            "GITHUB_ENTERPRISE": "acme-inc", "GITHUB_BILLING_TOKEN": "ghp_planted",
        ])
        #expect(settings.enterprise != nil)
        #expect(settings.warnings == [])
        #expect(!"\(settings)".contains("planted_"))
        #expect(!"\(settings)".contains("ghp_"))
        #expect(try read([:]).enterprise == nil)
    }

    @Test(
        "are both set or neither, and of the right form",
        arguments: [
            (["GITHUB_ENTERPRISE": "acme-inc"], "GITHUB_BILLING_TOKEN is not set, but"),
            (["GITHUB_BILLING_TOKEN": "ghp_planted"], "GITHUB_ENTERPRISE is not set, but"),
            (
                ["GITHUB_ENTERPRISE": "acme inc", "GITHUB_BILLING_TOKEN": "ghp_planted"],
                "GITHUB_ENTERPRISE must be the slug of an enterprise"
            ),
            (
                ["GITHUB_ENTERPRISE": "acme-inc", "GITHUB_BILLING_TOKEN": "ghp planted"],
                "GITHUB_BILLING_TOKEN must be one token"
            ),
        ])
    func wrong(changes: [String: String], words: String) throws {
        let failure = #expect(throws: Failure.self) { try read(changes) }
        #expect(failure?.code == .misconfigured)
        let lines = failure?.message.split(separator: "\n") ?? []
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.hasPrefix(words) == true, "\(lines)")
        #expect(failure?.message.contains("planted") == false)
    }

    @Test("warn of a token that GitHub does not accept", arguments: ["github_pat_x", "ghu_x"])
    func kind(token: String) throws {
        let warnings = try read([
            "GITHUB_ENTERPRISE": "acme-inc", "GITHUB_BILLING_TOKEN": token,
        ]).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("only to classic tokens") == true)
    }
}
