import Deployment
import Domain
import GitHubSimulator
import TestSupport
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Wrong input to the built programs", .timeLimit(.minutes(5)))
struct WrongInputTests {
    @Test(
        "names the variable and the fix, and exits with 2",
        arguments: [
            (["GITHUB_APP_PRIVATE_KEY": nil], "GITHUB_APP_PRIVATE_KEY"),
            (["GITHUB_APP_PRIVATE_KEY": "not a key"], "GITHUB_APP_PRIVATE_KEY"),
            (["GITHUB_APP_ID": nil, "GITHUB_APP_CLIENT_ID": nil], "GITHUB_APP_CLIENT_ID"),
            (["GITHUB_API_URL": "ftp://x"], "GITHUB_API_URL"),
            (["STATE_STORE": "file:/proc/none"], "STATE_STORE"),
            (["EVENT_BUS": "file:/proc/none"], "EVENT_BUS"),
            (["METRICS_SINK": "file:/proc/none"], "METRICS_SINK"),
            (["METRICS_SINK": "prometheus"], "METRICS_SINK"),
            (["STATE_ENCRYPTION_KEYS": "c2hvcnQ="], "STATE_ENCRYPTION_KEYS"),
            (["LOOKBACK_DAYS": "many"], "LOOKBACK_DAYS"),
            (["LOOKBACK_DAYS": "many", "GITHUB_APP_CLIENT_ID": nil], "GITHUB_APP_CLIENT_ID"),
            (
                ["GITHUB_APP_PRIVATE_KEY": nil, "GITHUB_APP_PRIVATE_KEY_FILE": "/etc/hostname"],
                "GITHUB_APP_PRIVATE_KEY_FILE"
            ),
            (["USER_IDENTITY": "nobody"], "USER_IDENTITY"),
            (["USER_IDENTITY": "pseudonim"], "Did you mean pseudonym?"),
            (["STATE_STORE": "flie:./state"], "Did you mean file?"),
            (["EVENT_BUS": "postgre"], "Did you mean postgres?"),
            (["METRICS_SINK": "remote-wite:http://127.0.0.1/"], "Did you mean remote-write?"),
            (["METRICS_SINK": "file:./m,file:./n"], "Separate them with spaces"),
            (["METRICS_SINK": "remote-write:ftp://x"], "http or https"),
            (["METRICS_SINK": "coralogix:XX9"], "one of the regions"),
            (["METRICS_SINK": "coralogix:XX9"], "CORALOGIX_API_KEY is not set"),
            (
                ["GITHUB_APP_CLIENT_ID": nil, "GITHUB_APP_CLIENTID": "Iv1"],
                "GITHUB_APP_CLIENTID is set: did you mean GITHUB_APP_CLIENT_ID?"
            ),
        ] as [([String: String?], String)])
    func settings(changes: [String: String?], variable: String) async throws {
        try await Stage.with { stage in
            // Without state a tick says only that, and `run` makes the state.
            try FileManager.default.createDirectory(
                atPath: "\(stage.folder)/state", withIntermediateDirectories: true)
            let command = variable == "STATE_STORE" ? ["run", "--port", "\(stage.port)"] : ["tick"]
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, command,
                environment: stage.environment.merging(changes) { $1 }, in: stage.folder)
            #expect(outcome.status == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains(variable), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test(
        "answers a malformed event with a failure document, and exits with 1",
        arguments: [
            (
                "onCollectOrg", #"{"integration":"1","installation":1,"day":"2026-01-01"}"#,
                "organization"
            ),
            ("onCollectOrg", "not JSON", "JSON"),
            ("onDailyTick", #"{"from":"yesterday"}"#, "from"),
            ("onDailyTick", #"{"from":"2026-02-01","to":"2026-01-01"}"#, "from"),
            ("onAuthorize", #"{"query":7}"#, "query"),
        ])
    func events(function: String, event: String, words: String) async throws {
        try await Stage.with { stage in
            let outcome = try await stage.function(function, event)
            #expect(outcome.status == 1, "\(outcome.errors)")
            let error = try json(outcome.output)["error"]
            #expect(error?["code"]?.text == "malformedEvent")
            #expect(error?["message"]?.text?.contains(words) == true, "\(outcome.output)")
        }
    }

    @Test(
        "exits with 2 and publishes nothing for days that no tick can collect",
        arguments: [
            (
                ["--from", Stage.yesterday.advanced(by: 1).description],
                "before the day of the tick"
            ),
            (["--to", "2100-01-01"], "before the day of the tick"),
            (["--from", "2020-01-01"], "more than 366 days"),
            (["--from", "2026-02-30"], "--from"),
            (["--to", "2026-01-01", "--from", "2026-01-02"], "--to"),
        ])
    func days(arguments: [String], words: String) async throws {
        try await Stage.with { stage in
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["tick"] + arguments, environment: stage.environment,
                in: stage.folder)
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: stage.folder).isEmpty)
        }
    }

    @Test("names a port that is taken, and the fix")
    func takenPort() async throws {
        try await Stage.with { stage in
            // The simulated GitHub of this process has it already.
            let address = try #require(stage.environment["GITHUB_API_URL"] ?? nil)
            let port = try #require(address.split(separator: ":").last)
            let outcome = try await stage.local("simulate", "--port", String(port))
            #expect(outcome.status == 2)
            #expect(
                outcome.errors.contains(
                    "Cannot listen on 127.0.0.1, port \(port): Address already in use."),
                "\(outcome.errors)")
        }
    }

    @Test("says why an address cannot be listened on", arguments: ["run", "console"])
    func foreignAddress(command: String) async throws {
        try await Stage.with { stage in
            // An address for documentation, which no machine has: RFC 5737.
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, [command, "--host", "192.0.2.1"],
                environment: stage.environment.merging([
                    "SETUP_TOKEN": "setup-token-of-the-test"
                ]) { $1 }, in: stage.folder)
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("Cannot assign requested address"), "\(outcome.errors)")
        }
    }

    @Test("lists the functions when asked for an unknown one")
    func unknownFunction() async throws {
        try await Stage.with { stage in
            for outcome in [
                try await stage.function("onSomething", "{}"),
                try await stage.local("invoke", "onSomething", "--event", "-", input: "{}"),
            ] {
                #expect(outcome.status == 2)
                for name in FunctionName.allCases {
                    #expect(outcome.errors.contains(name.rawValue), "\(outcome.errors)")
                }
            }
        }
    }

    @Test("reports an unreachable GitHub with its address")
    func unreachable() async throws {
        try await Stage.with { stage in
            try await stage.authorize()
            let nowhere = "http://127.0.0.1:\(try freePort())"
            let outcome = try await stage.local(
                "tick", "--json",
                with: ["GITHUB_API_URL": nowhere, "GITHUB_SERVER_URL": nowhere])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("GITHUB_API_URL"), "\(outcome.errors)")
        }
    }

    @Test("rejects a callback that it did not begin, and stores nothing")
    func wrongState() async throws {
        try await Stage.with { stage in
            for query in [
                #"{"code":"abc","state":"forged"}"#, #"{"code":"abc","installation_id":"555"}"#,
                #"{"error":"access_denied","state":"forged"}"#, "{}",
            ] {
                let outcome = try await stage.function(
                    "onAuthorizeCallback", "{\"query\":\(query)}")
                #expect(outcome.status == 1)
                guard case .integer(let status)? = try json(outcome.output)["status"] else {
                    Issue.record("no status: \(outcome.output)")
                    continue
                }
                #expect(400...499 ~= status)
            }
            #expect(
                try await stage.local("state", "--json").output.contains("integration/") == false)
        }
    }

    @Test("does not start the authorization off loopback without a setup token")
    func setupToken() async throws {
        try await Stage.with { stage in
            let open = ["PUBLIC_URL": "https://copilot.example.com"] as [String: String?]
            for outcome in [
                try await stage.function("onAuthorize", "{}", with: open),
                try await stage.local("run", "--port", String(stage.port), with: open),
            ] {
                #expect(outcome.status == 2)
                #expect(outcome.errors.contains("SETUP_TOKEN"))
            }
            // Nor if only PUBLIC_URL says that it is on loopback.
            for host in ["0.0.0.0", "::"] {
                let outcome = try await stage.local(
                    "run", "--host", host, "--port", String(stage.port))
                #expect(outcome.status == 2)
                #expect(outcome.errors.contains("SETUP_TOKEN is not set"), "\(outcome.errors)")
                #expect(outcome.errors.contains(host), "\(outcome.errors)")
            }
            let guarded = open.merging(["SETUP_TOKEN": "planted-setup-token"]) { $1 }
            let refused = try await stage.function("onAuthorize", "{}", with: guarded)
            #expect(try json(refused.output)["status"] == .integer(401))
            let let_in = try await stage.function(
                "onAuthorize", #"{"query":{"token":"planted-setup-token"}}"#, with: guarded)
            #expect(try json(let_in.output)["status"] == .integer(302))
            #expect(
                !(refused.output + refused.errors + let_in.output + let_in.errors)
                    .contains("planted-setup-token"))
        }
    }

    @Test("accepts no authorization from a person who owns no organization")
    func notAnOwner() async throws {
        try await Stage.with { configuration, _ in
            configuration.consent = .automatic(login: Person.plainMember.login)
        } _: { stage in
            let (status, page) = try await stage.authorize()
            #expect(status == 403)
            #expect(page.contains("owner"))
            let outcome = try await stage.local("integrations", "--json")
            #expect(try json(outcome.output).elements.isEmpty, "\(outcome.output)")
        }
    }
}
