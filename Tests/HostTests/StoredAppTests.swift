import Authorization
import Deployment
import Domain
import Fakes
import FunctionInterface
import GitHub
import Host
import InMemory
import OpenSSLCrypto
import Ports
import Synchronization
import Testing

@Suite("The App of the state store")
struct StoredAppTests {
    private static let key = RSAKeyPair.generate().privateKey
    private static let clock = ManualClock(Timestamp(seconds: 1_795_327_200))

    /// A container that names no App.
    private static let environment = [
        "PUBLIC_URL": "http://127.0.0.1:8080", "STATE_STORE": "file:/nowhere",
        "STATE_ENCRYPTION_KEYS": SettingsTests.key, "METRICS_SINK": "file:/nowhere",
        "LOG_FORMAT": "text",
    ]

    private static func adapters(storing: Bool) async throws -> Adapters {
        var adapters = ProgramTests.adapters()
        let store = MemoryStore(clock: clock)
        adapters.store = store
        if storing {
            let app = StoredApp(
                AppRegistration(
                    id: 42, slug: "stored", clientID: "Iv23liStored",
                    clientSecret: Secret("stored-secret"), privateKey: key, owner: "acme"),
                server: "https://github.com", made: clock.now())
            try await store.put(app.sealed(in: adapters.vault), for: .gitHubApp, if: .always)
        }
        return adapters
    }

    private static func settings(
        _ changes: [String: String?] = [:], defaults: Settings.Defaults = .container,
        for functions: [FunctionName] = FunctionName.allCases
    ) throws -> Settings {
        try Settings(
            environment: environment.merging(changes.mapValues { $0 ?? "" }) { $1 },
            defaults: defaults, for: functions)
    }

    @Test("is found by every function, without a variable", arguments: FunctionName.allCases)
    func functions(name: FunctionName) async throws {
        let source = AppSource(
            settings: try Self.settings(for: [name]),
            adapters: try await Self.adapters(storing: true))
        let functions = try await source.functions()
        #expect(try functions[name].name == name)
        #expect(functions.gitHub.app.id == "42")
        #expect(functions.gitHub.app.clientID == "Iv23liStored")
        #expect(functions.gitHub.app.clientSecret.reveal { $0 } == "stored-secret")
        #expect(functions.gitHub.app.slug == "stored")
        let (_, adapters) = try await source.found()
        #expect(try adapters.signer.sign([1]).count == 256)
    }

    @Test("is found once it is made, by a source that did not find it before")
    func later() async throws {
        let adapters = try await Self.adapters(storing: false)
        let source = AppSource(settings: try Self.settings(), adapters: adapters)
        #expect(try await source.stored() == nil)
        let entry = try await Self.adapters(storing: true).store.entry(for: .gitHubApp)
        try await adapters.store.put(try #require(entry).value, for: .gitHubApp, if: .absent)
        #expect(try await source.stored()?.app.slug == "stored")
    }

    @Test("is missed in words that name the page and the variables")
    func missing() async throws {
        let source = AppSource(
            settings: try Self.settings(), adapters: try await Self.adapters(storing: false))
        let failure = await #expect(throws: Failure.self) { _ = try await source.functions() }
        #expect(failure?.code == .misconfigured)
        for words in [
            "/setup", "copilot-local setup", "STATE_STORE", "GITHUB_APP_ID",
            "GITHUB_APP_CLIENT_ID", "GITHUB_APP_CLIENT_SECRET", "GITHUB_APP_PRIVATE_KEY",
        ] {
            #expect(failure?.message.contains(words) == true, "\(words)")
        }
    }

    @Test("is not asked for where variables name an App; a slug alone names none")
    func precedence() async throws {
        let adapters = try await Self.adapters(storing: true)
        let set = AppSource(
            settings: try Self.settings([
                "GITHUB_APP_CLIENT_ID": "Iv23liSet", "GITHUB_APP_CLIENT_SECRET": "set",
                "GITHUB_APP_PRIVATE_KEY": "set",
            ]), adapters: adapters)
        #expect(try await set.stored() == nil)
        #expect(try await set.functions().gitHub.app.clientID == "Iv23liSet")
        let slug = AppSource(
            settings: try Self.settings(["GITHUB_APP_SLUG": "renamed"]), adapters: adapters)
        #expect(try await slug.functions().gitHub.app.slug == "renamed")
        #expect(try await slug.functions().gitHub.app.id == "42")
    }

    @Test(
        "does not fill in for variables that are incomplete, or where it cannot be",
        arguments: [
            ["GITHUB_APP_CLIENT_ID": "Iv23liSet"], ["GITHUB_APP_ID": "1"],
            ["GITHUB_APP_PRIVATE_KEY": "key"], ["STATE_STORE": "memory"], ["STATE_STORE": nil],
            ["STATE_ENCRYPTION_KEYS": nil],
        ] as [[String: String?]])
    func incomplete(changes: [String: String?]) throws {
        let failure = #expect(throws: Failure.self) { try Self.settings(changes) }
        #expect(failure?.message.contains("GITHUB_APP_CLIENT_SECRET is not set") == true)
    }

    @Test("needs the keys of the store in the local runner too")
    func localKeys() throws {
        let failure = #expect(throws: Failure.self) {
            try Self.settings(
                ["STATE_STORE": "postgres://h/d", "STATE_ENCRYPTION_KEYS": nil],
                defaults: .local, for: [.onCollectOrg])
        }
        #expect(failure?.message.contains("STATE_ENCRYPTION_KEYS is not set") == true)
        #expect(failure?.message.contains("GITHUB_APP") == false)
    }

    @Test("is used by an event on the command line, and missed with the status of misuse")
    func oneEvent() async throws {
        for isStored in [true, false] {
            let answers = Mutex<[String]>([])
            let adapters = try await Self.adapters(storing: isStored)
            let process = ProgramEnvironment(
                environment: Self.environment,
                read: { _ throws(Failure) in Array(#"{"method":"GET"}"#.utf8) },
                answer: { document in answers.withLock { $0.append(document) } },
                complain: { _ in })
            let program = Program(process: process, servers: Servers(), clock: Self.clock) {
                _, _ in
                adapters
            }
            let status = await program.run(Program.Request(target: "onAuthorize", event: "-"))
            let answer = answers.withLock { $0.first ?? "" }
            #expect(status == (isStored ? .done : .misuse))
            #expect(answer.contains(isStored ? "client_id=Iv23liStored" : "/setup"))
        }
    }

    @Test(
        "is looked for before a server starts, and again for each event",
        arguments: [[:], ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1", "_HANDLER": "onDailyTick"]])
    func servers(platform: [String: String]) async throws {
        for isStored in [true, false] {
            let found = Mutex<[FunctionName]>([])
            let complaints = Mutex("")
            let adapters = try await Self.adapters(storing: isStored)
            let process = ProgramEnvironment(
                environment: Self.environment.merging(platform) { $1 },
                read: { _ throws(Failure) in [] }, answer: { _ in },
                complain: { text in complaints.withLock { $0 += text } })
            let serve: Servers.Serve = { service throws(Failure) in
                let invoker = service.invoker
                let conclusion = await invoker.run(
                    .onDailyTick, event: Array(#"{"time":"2026-11-22T06:00:00Z"}"#.utf8))
                if conclusion.failure == nil {
                    found.withLock { $0.append(conclusion.function) }
                }
                return .done
            }
            let program = Program(
                process: process, servers: Servers(http: { _ in serve }, lambda: serve),
                clock: Self.clock
            ) { _, _ in adapters }
            let status = await program.run(Program.Request(target: "onDailyTick"))
            #expect(status == (isStored ? .done : .misuse))
            #expect(found.withLock(\.self) == (isStored ? [.onDailyTick] : []))
            #expect(complaints.withLock { $0.contains("/setup") } == !isStored)
        }
    }
}
