import Deployment
import Domain
import GitHubSimulator
import Host
import OpenSSLCrypto
import Ports
import SystemClock
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The built doctor", .timeLimit(.minutes(5)))
struct DoctorTests {
    /// What is not `ok`, as `outcome name of whose`.
    private static func findings(_ output: String) throws -> [String] {
        try json(output)["checks"]?.elements.compactMap { check in
            guard let outcome = check["outcome"]?.text, outcome != "ok",
                let name = check["name"]?.text
            else { return nil }
            return "\(outcome) \(name)" + (check["about"]?.text.map { " of \($0)" } ?? "")
        } ?? []
    }

    private static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }

    /// What goes wrong at GitHub, what is found, and words of what to do.
    static let scenarios: [(name: String, status: Int, findings: [String], fix: String)] = [
        ("plain", 0, [], "23 ok"),
        (
            "suspended-installation", 1,
            ["problem installation of acme"]
                + ["permissions", "token", "report", "billing", "members"]
                .map { "skipped \($0) of acme" }, "unsuspend"
        ),
        ("policy-off", 1, ["problem report of acme"], "Enabled everywhere"),
        (
            "no-members-permission", 1,
            ["problem permissions of acme", "skipped members of acme"], "Members: read"
        ),
        (
            "no-metrics-permission", 1,
            ["problem permissions of acme", "skipped report of acme"], "Copilot metrics: read"
        ),
        (
            "no-billing-permission", 1,
            ["problem permissions of acme", "skipped billing of acme"], "Administration: read"
        ),
        ("billed-elsewhere", 0, [], "an enterprise pays"),
        ("enterprise-pays", 0, [], "equals the sum of 1 organization, in US dollars"),
        (
            "enterprise-difference", 0, ["warning enterprise-bill of acme-inc"],
            "the difference is 237.50 gross, 237.50 net"
        ),
        (
            "enterprise-scope", 1,
            ["problem billing-token of acme-inc", "problem billing of acme"],
            "lacks the scope manage_billing:enterprise"
        ),
        (
            "enterprise-fine-grained", 1,
            ["problem billing-token of acme-inc", "problem billing of acme"],
            "is not a classic token"
        ),
        (
            "forbidden-emails", 0, ["warning members of acme", "warning members of acme-2"],
            "user_email"
        ),
        (
            "not-an-owner", 0,
            ["warning installation of acme"]
                + ["permissions", "token", "report", "billing", "members"]
                .map { "skipped \($0) of acme" }, "owner of acme"
        ),
        (
            "clock-skew", 1,
            ["problem clock", "skipped app-key"]
                + ["acme", "acme-2"].flatMap { organization in
                    ["token", "report", "billing", "members"]
                        .map { "skipped \($0) of \(organization)" }
                } + ["skipped report-host"], "NTP"
        ),
    ]

    @Test(
        "finds problems at GitHub, suggests fixes, and changes nothing",
        arguments: scenarios.indices)
    func scenario(index: Int) async throws {
        let (name, status, findings, fix) = Self.scenarios[index]
        let scenario = try #require(Scenario.named(name))
        try await Stage.with { configuration, world in
            scenario.apply(to: &world, &configuration)
        } _: { stage in
            try await stage.authorize()
            let before = try await stage.local("state").output
            let files = try Self.files(in: stage.metrics)
            let outcome = try await stage.local("doctor", "--json")
            #expect(try Self.findings(outcome.output) == findings, "\(name): \(outcome.output)")
            #expect(outcome.status == status)
            #expect(outcome.errors.contains("checking clock"))
            #expect(try await stage.local("state").output == before)
            #expect(try Self.files(in: stage.metrics) == files)

            let table = try await stage.local("doctor", "--quiet")
            #expect(table.status == status)
            let words = table.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains(fix), "\(table.output)")
            #expect(!table.errors.contains("checking"))
            for secret in SecretTests.patterns + [".example\""] {
                #expect(!(outcome.output + outcome.errors + table.output).contains(secret))
            }
            #expect(stage.github.violations.isEmpty)
        }
    }

    @Test("finds a revoked authorization, and names the address to authorize at")
    func revoked() async throws {
        try await Stage.with { stage in
            try await stage.authorize()
            // A GitHub that is the same but for knowing none of these tokens.
            try await Stage.with { other in
                let outcome = try await other.local(
                    "doctor", "--json",
                    with: [
                        "STATE_STORE": stage.environment["STATE_STORE"] ?? nil,
                        "STATE_ENCRYPTION_KEYS": stage.environment["STATE_ENCRYPTION_KEYS"] ?? nil,
                    ])
                #expect(outcome.status == 1)
                let found = try Self.findings(outcome.output)
                #expect(found.first?.hasPrefix("problem authorization of 1001-") == true)
                #expect(found.dropFirst().allSatisfy { $0.hasPrefix("skipped") })
                #expect(found.contains("skipped report of acme-2"))
                #expect(outcome.output.contains("/authorize"), "\(outcome.output)")
            }
        }
    }

    @Test("finds a key of another App, and an unreachable GitHub")
    func wrongSettings() async throws {
        try await Stage.with { stage in
            let key = RSAKeyPair.generate(bits: 2_048).privateKey.reveal { $0 }
            let wrong = try await stage.local(
                "doctor", "--json", with: ["GITHUB_APP_PRIVATE_KEY": key])
            #expect(wrong.status == 1)
            #expect(try Self.findings(wrong.output).contains("problem app-key"))
            #expect(wrong.output.contains("Set GITHUB_APP_PRIVATE_KEY to a private key of the App"))

            let nowhere = "http://127.0.0.1:\(try freePort())"
            let away = try await stage.local("doctor", "--json", with: ["GITHUB_API_URL": nowhere])
            #expect(away.status == 1)
            let found = try Self.findings(away.output)
            // Nobody has connected, so there is no state yet.
            #expect(found.prefix(3) == ["warning settings", "problem github", "skipped clock"])
            #expect(away.output.contains("there is no state in"))
            #expect(away.output.contains("check GITHUB_API_URL"))
        }
    }

    @Test("exits with 2 when settings are wrong, and names each")
    func misuse() async throws {
        try await Stage.with { stage in
            let outcome = try await stage.local(
                "doctor", "--json", with: ["GITHUB_APP_ID": "x", "LOOKBACK_DAYS": "many"])
            #expect(outcome.status == 2)
            for text in [outcome.output, outcome.errors] {
                #expect(text.contains("GITHUB_APP_ID") && text.contains("LOOKBACK_DAYS"), "\(text)")
            }
            #expect(try Self.findings(outcome.output).first == "problem settings")
        }
    }

    @Test("finds out whether Prometheus accepts samples of yesterday")
    func prometheus() async throws {
        for window in ["7d", nil] {
            try await Backend.withPrometheus(outOfOrderWindow: window) { backend in
                try await Stage.with { stage in
                    let place = "remote-write:\(backend.writeURL)"
                    let environment = stage.environment.compactMapValues { $0 }
                        .merging(["METRICS_SINK": place]) { $1 }
                    // A Prometheus that scrapes anything has a sample of the present.
                    let settings = try Settings(
                        environment: environment, file: [:], defaults: .local)
                    let clock = SystemClock()
                    let adapters = try Adapters(
                        settings: settings, for: [.onCollectOrg], clock: clock)
                    for sink in settings.sinks {
                        let delivery = try await sink.probe(at: clock.now(), through: adapters)
                        #expect(delivery == Delivery(accepted: 1))
                    }

                    let outcome = try await stage.local(
                        "doctor", "--json", with: ["METRICS_SINK": place])
                    let found = try Self.findings(outcome.output)
                    #expect(found.contains("problem backend of \(place)") == (window == nil))
                    #expect(
                        outcome.output.contains("storage.tsdb.out_of_order_time_window")
                            == (window == nil), "\(outcome.output)")
                }
            }
        }
    }
}
