import Deployment
import Domain
import Fakes
import FunctionInterface
import Host
import InMemory
import Ports
import TestSupport
import Testing

@Suite("The adapters of a deployment")
struct AdaptersTests {
    static let clock = ManualClock(Timestamp(seconds: 1_795_327_200))

    static func settings(
        in folder: String, for function: FunctionName, _ changes: [String: String?] = [:]
    ) throws -> Settings {
        let places: [String: String?] = [
            "STATE_STORE": "file:\(folder)/state", "METRICS_SINK": "file:\(folder)/metrics",
            "EVENT_BUS": "file:\(folder)/bus",
        ]
        return try SettingsTests.read(places.merging(changes) { $1 }, for: [function])
    }

    @Test("use the places that the settings name")
    func places() async throws {
        try await withTemporaryFolder { folder in
            let settings = try Self.settings(in: folder, for: .onDailyTick)
            let adapters = try Adapters(
                settings: settings, for: [.onDailyTick], clock: Self.clock)
            let key = StoreKey.usedAuthorization(stateHash: "abc")
            try await adapters.store.put([1], for: key, if: .absent)
            let event = CloudEvent(
                id: "1", type: .tick, time: Self.clock.now(), data: .object([:]))
            try await adapters.bus?.publish([event])

            let again = try Adapters(settings: settings, for: [.onDailyTick], clock: Self.clock)
            #expect(try await again.store.entry(for: key)?.value == [1])
            let bus = try #require(again.bus as? any EventBus)
            #expect(try await bus.queued().map(\.event) == [event])
        }
    }

    @Test("are created without what only other functions need")
    func roles() async throws {
        try await withTemporaryFolder { folder in
            let settings = try Self.settings(
                in: folder, for: .onAuthorize,
                [
                    "METRICS_SINK": nil, "GITHUB_APP_PRIVATE_KEY": nil, "EVENT_BUS": nil,
                    "GITHUB_APP_CLIENT_SECRET": nil,
                ])
            let adapters = try Adapters(settings: settings, for: [.onAuthorize], clock: Self.clock)
            #expect(adapters.bus == nil)
            let scope = SampleScope(
                organization: try #require(OrganizationLogin("acme")), day: Day(number: 20_777),
                source: .billing, tags: settings.tags)
            let noSink = await #expect(throws: Failure.self) {
                _ = try await adapters.sink.withWriter(for: scope) { _ in }
            }
            #expect(noSink?.message.hasPrefix("METRICS_SINK is not set") == true)
            let noKey = #expect(throws: Failure.self) { try adapters.signer.sign([1]) }
            #expect(noKey?.message.hasPrefix("GITHUB_APP_PRIVATE_KEY is not set") == true)

            let functions = Functions(settings: settings, adapters: adapters)
            #expect(try functions[.onAuthorize].name == .onAuthorize)
            let failure = #expect(throws: Failure.self) { try functions[.onCollectOrg] }
            #expect(failure?.message.contains("METRICS_SINK is not set. Set it to") == true)
        }
    }

    @Test("name the variable of a key that cannot be used")
    func keys() async throws {
        try await withTemporaryFolder { folder in
            let settings = try Self.settings(
                in: folder, for: .onCollectOrg, ["GITHUB_APP_PRIVATE_KEY": "planted"])
            let failure = #expect(throws: Failure.self) {
                try Adapters(settings: settings, for: [.onCollectOrg], clock: Self.clock)
            }
            #expect(failure?.code == .misconfigured)
            #expect(failure?.message.contains("GITHUB_APP_PRIVATE_KEY") == true)
            #expect(failure?.message.contains("planted") == false)
        }
    }

    @Test("name a folder that cannot be written")
    func folders() throws {
        let settings = try Self.settings(in: "/dev/null", for: .onDailyTick)
        let failure = #expect(throws: Failure.self) {
            try Adapters(settings: settings, for: [.onDailyTick], clock: Self.clock)
        }
        #expect(failure?.message.contains("/dev/null/state") == true)
        #expect(failure.map(CommandStatus.init) != .done)
    }

    @Test(
        "name each variable of a database that fails, both if they share it",
        arguments: [
            ("one", "one", ["STATE_STORE and EVENT_BUS", "STATE_STORE and EVENT_BUS"]),
            ("one", "two", ["STATE_STORE", "EVENT_BUS"]),
        ])
    func databases(state: String, bus: String, variables: [String]) async throws {
        let server = "postgres://copilot:planted@127.0.0.1:\(try freePort())"
        let settings = try SettingsTests.read(
            ["STATE_STORE": "\(server)/\(state)", "EVENT_BUS": "\(server)/\(bus)"],
            for: [.onDailyTick])
        let adapters = try Adapters(settings: settings, for: [.onDailyTick], clock: Self.clock)
        let calls: [@Sendable () async throws -> Void] = [
            { _ = try await adapters.store.entry(for: .doctor(0)) },
            { try await adapters.bus?.publish([]) },
        ]
        for (call, variable) in zip(calls, variables) {
            let task = Task { await #expect(throws: Failure.self) { try await call() } }
            // Whoever is cancelled is answered at once; others wait for a server that may come up.
            task.cancel()
            let message = await task.value?.message ?? ""
            #expect(message.hasPrefix("\(variable): PostgreSQL at 127.0.0.1"), "\(message)")
        }
    }

    @Test("create each function that the settings allow", arguments: FunctionName.allCases)
    func functions(name: FunctionName) throws {
        let settings = try SettingsTests.read([:], for: [name])
        let functions = Functions(settings: settings, adapters: ProgramTests.adapters())
        #expect(try functions[name].name == name)
    }
}
