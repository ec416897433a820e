import Deployment
import Domain
import Host
import Logging
import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Settings")
struct SettingsTests {
    static let key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    /// Everything that all four functions need, and nothing else.
    static let complete = [
        "GITHUB_APP_ID": "12345", "GITHUB_APP_SLUG": "copilot-usage",
        "GITHUB_APP_CLIENT_ID": "Iv23liExample",
        "GITHUB_APP_CLIENT_SECRET": "planted-client-secret",
        "GITHUB_APP_PRIVATE_KEY": "planted-private-key",
        "PUBLIC_URL": "https://usage.example.com/", "SETUP_TOKEN": "planted-setup-token-42",
        "STATE_STORE": "file:/var/lib/copilot-usage", "STATE_ENCRYPTION_KEYS": key,
        "METRICS_SINK": "file:/var/lib/metrics",
    ]

    static func read(
        _ changes: [String: String?], for functions: [FunctionName] = FunctionName.allCases,
        defaults: Settings.Defaults = .container, listeningOn host: String? = nil
    ) throws(Failure) -> Settings {
        try Settings(
            environment: complete.merging(changes.compactMapValues { $0 }) { $1 }
                .filter { changes[$0.key] != .some(.none) },
            defaults: defaults, for: functions, listeningOn: host)
    }

    @Test("are read from the environment, with defaults for the rest")
    func complete() throws {
        let settings = try Self.read([:])
        #expect(settings.appID == 12_345)
        #expect(settings.publicURL?.description == "https://usage.example.com")
        #expect(settings.publicURL?.isSecure == true)
        let gitHub = "\(settings.gitHub)"
        #expect(gitHub.contains("\"https://api.github.com\""))
        #expect(gitHub.contains("\"https://github.com\""))
        #expect(gitHub.contains("\"https://api.github.com/graphql\""))
        #expect(gitHub.contains("copilot-reports.github.com"))
        #expect(settings.stateStore?.name == "file:/var/lib/copilot-usage")
        #expect(settings.eventBus == nil)
        #expect(settings.sinks.map(\.name) == ["file:/var/lib/metrics"])
        #expect(settings.tags == SampleTags(application: "copilot"))
        #expect(settings.lookbackDays == 3)
        #expect(settings.requestTimeout == .seconds(30))
        #expect(settings.userIdentity == .full)
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .json)
        #expect(settings.encryptionKeys.count == 1)
        #expect(settings.warnings == [])
        #expect(settings.clientSecret?.reveal { $0 } == "planted-client-secret")
    }

    @Test("are local folders in the local runner")
    func localDefaults() throws {
        let settings = try Settings(environment: [:], defaults: .local)
        #expect(settings.stateStore?.name == "file:./state")
        #expect(settings.eventBus?.name == "file:./bus")
        #expect(settings.sinks.map(\.name) == ["file:./metrics"])
        #expect(settings.publicURL?.description == "http://127.0.0.1:8080")
        #expect(settings.logFormat == .text)
    }

    @Test("need no key in the local runner if its state is local")
    func localKey() throws {
        func missing(_ changes: [String: String]) -> String {
            do throws(Failure) {
                _ = try Settings(environment: changes, defaults: .local, for: [.onDailyTick])
                return ""
            } catch {
                return error.message
            }
        }
        #expect(!missing([:]).contains("STATE_ENCRYPTION_KEYS"))
        #expect(!missing(["STATE_STORE": "memory"]).contains("STATE_ENCRYPTION_KEYS"))
        #expect(
            missing(["STATE_STORE": "postgres://db.example/x"])
                .contains("STATE_ENCRYPTION_KEYS is not set"))
        // What is wrong and what is missing are said together.
        let both = missing(["LOOKBACK_DAYS": "many", "GITHUB_APP_CLIENT_SECRET": "secret"])
        #expect(both.contains("LOOKBACK_DAYS must be"))
        #expect(both.contains("GITHUB_APP_CLIENT_ID is not set"))
        // The App may be in the store.
        #expect(missing([:]) == "")
    }

    @Test("may be required beyond those of the functions")
    func further() {
        let failure = #expect(throws: Failure.self) {
            try Settings(
                environment: [:], defaults: .container, for: [.onDailyTick], and: [.eventBus])
        }
        #expect(failure?.message.contains("GITHUB_APP_CLIENT_ID is not set") == true)
        #expect(
            failure?.message.contains("\nEVENT_BUS is not set. Set it to the event bus") == true)
    }

    @Test("prefer the environment over the file, and ignore empty variables")
    func precedence() throws {
        let settings = try Settings(
            environment: ["LOOKBACK_DAYS": "5", "APPLICATION_NAME": " "],
            file: ["LOOKBACK_DAYS": "7", "APPLICATION_NAME": "from file", "SUBSYSTEM_NAME": "s"],
            defaults: .container)
        #expect(settings.lookbackDays == 5)
        #expect(settings.tags == SampleTags(application: "from file", subsystem: "s"))
    }

    @Test(
        "are rejected with the variable and the fix, never with the value",
        arguments: [
            ("GITHUB_API_URL", "api.github.example", "must be an https address"),
            ("GITHUB_API_URL", "http://api.github.example", "http is accepted only on loopback"),
            ("GITHUB_API_URL", "https://user:pw@api.github.example", "must be an https address"),
            ("GITHUB_SERVER_URL", "ftp://github.example", "must be an https address"),
            ("GITHUB_GRAPHQL_URL", "https://x.example/?q=wrong", "without a query"),
            ("PUBLIC_URL", "http://usage.example", "plain http on loopback"),
            ("GITHUB_APP_ID", "Iv1.wrong", "must be a number: the App ID"),
            ("GITHUB_REPORT_HOSTS", "reports.example/x", "Separate host names by commas"),
            ("STATE_STORE", "filestore", "file:DIR, or memory"),
            ("STATE_STORE", "FILE:", "file:DIR, or memory"),
            ("STATE_STORE", "cassandra:wrong", "dynamodb:TABLE"),
            ("EVENT_BUS", "kafka:wrong", "http:URL or file:DIR"),
            ("EVENT_BUS", "sqs:queue", "sqs:QUEUE_URL"),
            ("K_SINK", "broker.example", "an http address"),
            ("K_CE_OVERRIDES", "team=metrics", #"{"extensions":"#),
            ("METRICS_SINK", "influx:wrong", "must be file:DIR, remote-write:URL or coralogix"),
            ("METRICS_SINK", "remote-write:wrong", "remote-write address in METRICS_SINK"),
            ("METRICS_SINK", "remote-write:https://u:pw@x.example", "contains credentials"),
            ("REMOTE_WRITE_HEADERS", "wrong", "header 1 in REMOTE_WRITE_HEADERS has no colon"),
            ("STATE_ENCRYPTION_KEYS", "c2hvcnQ=", "generate one with openssl rand -base64 32"),
            ("STATE_ENCRYPTION_KEYS", ",,", "must be 256-bit keys in base64"),
            ("STATE_ENCRYPTION_KEYS", "\(key),wrong", "must be 256-bit keys in base64"),
            ("GITHUB_APP_PRIVATE_KEY_FILE", "/wrong.pem", "are both set. Keep one."),
            ("REMOTE_WRITE_USERNAME", "wrong", "REMOTE_WRITE_PASSWORD is not set"),
            ("REMOTE_WRITE_PASSWORD", "wrong", "REMOTE_WRITE_USERNAME is not set"),
            ("ORGANIZATIONS", "https://github.com/acme", "must be logins"),
            ("ORGANIZATIONS_EXCEPT", "acme;other", "must be logins"),
            ("LOOKBACK_DAYS", "0", "must be a number of days, 1 to 366"),
            ("LOOKBACK_DAYS", "367", "must be a number of days, 1 to 366"),
            ("LOOKBACK_DAYS", "three", "must be a number of days, 1 to 366"),
            ("REQUEST_TIMEOUT_SECONDS", "0.5", "must be a number of seconds, 1 to 600"),
            ("REQUEST_TIMEOUT_SECONDS", "601", "must be a number of seconds, 1 to 600"),
            ("REQUEST_TIMEOUT_SECONDS", "30s", "must be a number of seconds, 1 to 600"),
            ("USER_IDENTITY", "wrong", "must be one of: full, login, pseudonym, none"),
            ("LOG_LEVEL", "loud", "must be one of: trace, debug, info, notice, warning"),
            ("LOG_FORMAT", "xml", "must be one of: json, text"),
            ("CURL_CA_BUNDLE", "/wrong/ca.pem", "must be a file that this user may read"),
            ("SSL_CERT_FILE", "/wrong/ca.pem", "must be a file that this user may read"),
        ])
    func refusals(name: String, value: String, words: String) {
        let failure = #expect(throws: Failure.self) { try Self.read([name: value]) }
        #expect(failure?.code == .misconfigured)
        let message = failure?.message ?? ""
        #expect(message.contains(name) && message.contains(words), "\(message)")
        #expect(!message.contains(value), "\(message)")
        #expect(!message.contains("\n"), "one problem is one line: \(message)")
    }

    @Test(
        "name each variable that a function needs and that is not set",
        arguments: [
            (
                FunctionName.onAuthorize,
                [
                    "GITHUB_APP_CLIENT_ID", "PUBLIC_URL", "STATE_STORE",
                    "STATE_ENCRYPTION_KEYS", "SETUP_TOKEN",
                ]
            ),
            (
                .onAuthorizeCallback,
                [
                    "GITHUB_APP_CLIENT_ID", "PUBLIC_URL", "STATE_STORE",
                    "STATE_ENCRYPTION_KEYS", "GITHUB_APP_CLIENT_SECRET", "SETUP_TOKEN",
                ]
            ),
            (
                .onDailyTick,
                [
                    "GITHUB_APP_CLIENT_ID", "GITHUB_APP_CLIENT_SECRET", "STATE_STORE",
                    "STATE_ENCRYPTION_KEYS",
                ]
            ),
            (
                .onCollectOrg,
                [
                    "GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "STATE_STORE",
                    "METRICS_SINK",
                ]
            ),
        ])
    func needs(function: FunctionName, names: [String]) {
        let failure = #expect(throws: Failure.self) {
            try Settings(environment: [:], defaults: .container, for: [function])
        }
        let lines = (failure?.message ?? "").split(separator: "\n")
        let expected = names.map { "\($0) is not set. Set it to " }
        #expect(lines.count == expected.count)
        for (line, start) in zip(lines, expected) { #expect(line.hasPrefix(start)) }
    }

    @Test(
        "let each function start without what only other functions need",
        arguments: [
            (
                FunctionName.onAuthorize,
                [
                    "GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY",
                    "GITHUB_APP_CLIENT_SECRET", "METRICS_SINK",
                ]
            ),
            (.onAuthorizeCallback, ["GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "METRICS_SINK"]),
            (
                .onDailyTick,
                [
                    "GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "METRICS_SINK",
                    "PUBLIC_URL", "SETUP_TOKEN",
                ]
            ),
            (
                .onCollectOrg,
                [
                    "GITHUB_APP_CLIENT_ID", "GITHUB_APP_CLIENT_SECRET", "PUBLIC_URL",
                    "SETUP_TOKEN", "STATE_ENCRYPTION_KEYS",
                ]
            ),
            (.onCollectOrg, ["GITHUB_APP_ID", "GITHUB_APP_CLIENT_SECRET"]),
        ])
    func independence(function: FunctionName, absent: [String]) throws {
        let changes = Dictionary(uniqueKeysWithValues: absent.map { ($0, String?.none) })
        let settings = try Self.read(changes, for: [function])
        try settings.require(for: [function])
        #expect(throws: Failure.self) {
            try settings.require(for: FunctionName.allCases)
        }
    }

    @Test(
        "require a setup token exactly if strangers can reach the authorization page",
        arguments: [
            ("https://usage.example.com", true), ("http://127.0.0.1:8080", false),
            ("http://localhost:8080", false), ("http://[::1]:8080", false),
            ("https://127.0.0.1.example.com", true), ("https://localhost.example.com", true),
        ])
    func setupToken(publicURL: String, isNeeded: Bool) {
        for function in [FunctionName.onAuthorize, .onAuthorizeCallback] {
            let failure: Failure?
            do throws(Failure) {
                _ = try Self.read(
                    ["PUBLIC_URL": publicURL, "SETUP_TOKEN": nil], for: [function])
                failure = nil
            } catch {
                failure = error
            }
            #expect((failure != nil) == isNeeded)
            #expect(failure.map { $0.message.hasPrefix("SETUP_TOKEN is not set") } ?? true)
        }
    }

    @Test(
        "require a setup token for an address that other machines reach, whatever PUBLIC_URL says",
        arguments: [
            ("127.0.0.1", false), ("127.0.0.53", false), ("localhost", false), ("::1", false),
            ("0.0.0.0", true), ("::", true), ("192.0.2.7", true), ("usage.example", true),
            (nil, false),
        ] as [(String?, Bool)])
    func listening(host: String?, isNeeded: Bool) {
        for (token, function) in [
            (nil, FunctionName.onAuthorize), (nil, .onAuthorizeCallback), (nil, .onDailyTick),
            ("planted-setup-token", .onAuthorize),
        ] as [(String?, FunctionName)] {
            let failure: Failure?
            do throws(Failure) {
                _ = try Self.read(
                    ["PUBLIC_URL": "http://127.0.0.1:8080", "SETUP_TOKEN": token],
                    for: [function], listeningOn: host)
                failure = nil
            } catch {
                failure = error
            }
            let isRefused = isNeeded && token == nil && function != .onDailyTick
            #expect((failure != nil) == isRefused)
            #expect(
                failure.map {
                    $0.message.hasPrefix("SETUP_TOKEN is not set")
                        && $0.message.contains(host ?? "")
                } ?? true)
        }
    }

    @Test("report all problems together, one per line")
    func allAtOnce() {
        let failure = #expect(throws: Failure.self) {
            try Self.read([
                "GITHUB_APP_ID": "wrong", "LOOKBACK_DAYS": "wrong", "LOG_LEVEL": "wrong",
                "METRICS_SINK": "wrong file:ok wrong", "STATE_STORE": nil,
                "GITHUB_APP_CLIENT_SECRET": nil,
            ])
        }
        let names = (failure?.message ?? "").split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(
            names == [
                "GITHUB_APP_ID", "METRICS_SINK", "METRICS_SINK", "LOOKBACK_DAYS", "LOG_LEVEL",
                "STATE_STORE", "GITHUB_APP_CLIENT_SECRET",
            ])
    }

    @Test("accept several sinks, and require Coralogix's key for Coralogix")
    func sinks() throws {
        let text = "file:./m  remote-write:http://prometheus:9090/api/v1/write\ncoralogix:EU2"
        let settings = try Self.read(["METRICS_SINK": text, "CORALOGIX_API_KEY": "cxtp_x"])
        #expect(
            settings.sinks.map(\.name) == [
                "file:./m", "remote-write:http://prometheus:9090/api/v1/write", "coralogix:EU2",
            ])
        let failure = #expect(throws: Failure.self) { try Self.read(["METRICS_SINK": text]) }
        #expect(failure?.message.hasPrefix("CORALOGIX_API_KEY is not set") == true)
    }

    @Test("derive the hosts of data residency")
    func dataResidency() throws {
        let settings = try Self.read([
            "GITHUB_API_URL": "https://api.octo.ghe.com",
            "GITHUB_SERVER_URL": "https://octo.ghe.com",
        ])
        let gitHub = "\(settings.gitHub)"
        #expect(gitHub.contains("\"https://api.octo.ghe.com/graphql\""))
        for host in ["reports.octo.ghe.com", "reports.github.com", "blob.core.windows.net"] {
            #expect(gitHub.contains(host))
        }
    }

    @Test("use report hosts as they are given")
    func reportHosts() throws {
        let settings = try Self.read([
            "GITHUB_REPORT_HOSTS": "Reports.Example.com, *.blob.example.net,127.0.0.1:9000"
        ])
        let gitHub = "\(settings.gitHub)"
        for host in ["reports.example.com", "blob.example.net", "127.0.0.1:9000"] {
            #expect(gitHub.contains(host))
        }
        #expect(!gitHub.contains("blob.core.windows.net"))
    }

    @Test("read the private key from a file")
    func privateKeyFile() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/key.pem"
            try "planted-key".write(toFile: path, atomically: true, encoding: .utf8)
            let settings = try Self.read([
                "GITHUB_APP_PRIVATE_KEY": nil, "GITHUB_APP_PRIVATE_KEY_FILE": path,
            ])
            #expect(settings.privateKey?.reveal { $0 } == "planted-key")

            let failure = #expect(throws: Failure.self) {
                try Self.read([
                    "GITHUB_APP_PRIVATE_KEY": nil, "GITHUB_APP_PRIVATE_KEY_FILE": "\(path).not",
                ])
            }
            #expect(
                failure?.message.hasPrefix("GITHUB_APP_PRIVATE_KEY_FILE cannot be read") == true)
        }
    }

    @Test(
        "warn about names that are almost those of variables",
        arguments: [
            ("GITHUB_APP_PRIVATEKEY", "GITHUB_APP_PRIVATE_KEY"),
            ("METRIC_SINK", "METRICS_SINK"), ("LOOKBACK_DAY", "LOOKBACK_DAYS"),
            ("Public_Url", "PUBLIC_URL"), ("STATE_ENCRYPTION_KEY", "STATE_ENCRYPTION_KEYS"),
        ])
    func misspellings(name: String, meant: String) throws {
        let settings = try Self.read([name: "planted"])
        #expect(
            settings.warnings == [
                "\(name) is not a variable of this program. Did you mean \(meant)?"
            ])
    }

    @Test(
        "ignore variables of other programs",
        arguments: ["PATH", "GITHUB_SHA", "GITHUB_TOKEN", "HOME", "PORT"])
    func strangers(name: String) throws {
        #expect(try Self.read([name: "x"]).warnings == [])
    }

    @Test(
        "warn about valid values that are probably not intended",
        arguments: [
            (["GITHUB_APP_SLUG": ""], "GITHUB_APP_SLUG is not set"),
            (["SETUP_TOKEN": "short"], "SETUP_TOKEN is shorter than 16 characters"),
            (
                ["ORGANIZATIONS": "acme other", "ORGANIZATIONS_EXCEPT": "a*"],
                "ORGANIZATIONS names acme, but"
            ),
            (["STATE_STORE": "memory"], "STATE_STORE is memory"),
            (
                ["STATE_STORE": "postgres://u:p@db.example/c?sslmode=require"],
                "STATE_STORE does not verify the server's certificate"
            ),
            (["EVENT_BUS": "postgres://u:p@db.example/c"], "EVENT_BUS does not verify"),
            (
                [
                    "METRICS_SINK": "remote-write:http://prometheus.example/api/v1/write",
                    "REMOTE_WRITE_BEARER_TOKEN": "planted",
                ], "METRICS_SINK sends credentials over plain http"
            ),
        ])
    func warnings(changes: [String: String], words: String) throws {
        let warnings = try Self.read(changes).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix(words) == true)
    }

    @Test("read the proxy from either name, lowercase first, like libcurl")
    func proxy() throws {
        let both = try Self.read(["HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2"])
        #expect(both.proxy?.reveal { $0 } == "http://b:2")
        let one = try Self.read(["HTTPS_PROXY": "http://u:planted@a:1"])
        #expect(one.proxy?.reveal { $0 } == "http://u:planted@a:1")
        #expect(one.warnings == [] && both.warnings == [])
        let none = try Self.read([:]).proxy
        #expect(none == nil)
    }

    @Test("never show a secret when they are printed or dumped")
    func printing() throws {
        let settings = try Self.read([
            "REMOTE_WRITE_HEADERS": "X-Key: planted-header", "CORALOGIX_API_KEY": "planted-key",
            "REMOTE_WRITE_BEARER_TOKEN": "planted-bearer",
            "HTTPS_PROXY": "http://user:planted@proxy:3128",
            "METRICS_SINK": "remote-write:https://x.example/api?key=planted coralogix:EU2",
        ])
        var dumped = ""
        dump(settings, to: &dumped)
        for text in [dumped, "\(settings)", String(reflecting: settings)] {
            #expect(!text.contains("planted"))
            #expect(!text.contains(Self.key))
        }
    }
}

@Suite("The table of variables")
struct VariableTableTests {
    @Test("has one row for each variable", arguments: Variable.allCases)
    func rows(variable: Variable) {
        #expect(Variable.table.count { $0.variable == variable } == 1)
    }

    @Test("marks every name that sounds like a secret as secret", arguments: Variable.table)
    func secrets(entry: Variable.Entry) {
        let name = entry.variable.rawValue
        let sounds = ["SECRET", "TOKEN", "PASSWORD", "KEY"].contains { name.contains($0) }
        #expect(!sounds || entry.isSecret || name.hasSuffix("_FILE"))
        #expect(!entry.meaning.isEmpty && !entry.meaning.hasSuffix("."))
    }
}

@Suite("Help")
struct HelpTextTests {
    @Test("describes each variable with its default, and fits a terminal")
    func variables() {
        let lines = HelpText.variables(.container).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 76 })
        for variable in Variable.allCases { #expect(lines.contains("  \(variable.rawValue)")) }
        #expect(lines.contains("      the number of past days that each tick checks, 1 to 366 (3)"))
    }
}
