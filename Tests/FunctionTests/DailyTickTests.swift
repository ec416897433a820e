import Toolbox
import InMemory
import FunctionInterface
import CollectedDays
import Authorization
import Domain
import Fakes
import GitHub
import OnDailyTick
import OpenSSLCrypto
import Ports
import Synchronization
import Testing

@Suite("onDailyTick", .timeLimit(.minutes(5)))
struct DailyTickTests {
    let clock: ManualClock
    let store: MemoryStore
    let github = AuthorizingGitHub()
    let tickTime: Timestamp

    init() throws {
        tickTime = try #require(Timestamp("2026-11-22T06:00:00Z"))
        clock = ManualClock(tickTime)
        store = MemoryStore(clock: clock)
    }

    private func function(
        _ other: (any KeyValueStore)? = nil, lookback: Int = 3
    ) throws -> DailyTick {
        try DailyTick(
            store: other ?? store, vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock),
            authorizeURL: "https://usage.example/authorize", lookbackDayCount: lookback)
    }

    private func tick(_ event: DailyTick.Event = .init()) async throws -> DailyTick.Output {
        try await function().run(event)
    }

    /// Connects an integration whose tokens work for some hours.
    @discardableResult
    private func connect(
        _ text: String = "9-copilot", expires: Duration = .seconds(28_800),
        tokens pair: (access: String, refresh: String)? = nil
    ) async throws -> IntegrationID {
        let id = try #require(IntegrationID(text))
        let pair = pair ?? github.tokens()
        let tokens = UserTokens(
            access: Secret(pair.access), accessExpires: clock.now().advanced(by: expires),
            refresh: Secret(pair.refresh))
        try await store.put(
            Credentials.seal(tokens, of: id, in: OpenVault()), for: .credentials(id), if: .always)
        let integration = Integration(
            id: id, name: text, tags: SampleTags(application: "copilot"),
            user: GitHubUser(id: 9, login: "ada"), authorizedAt: clock.now(), organizations: [])
        try await store.put(JSON.encode(integration), for: .integration(id), if: .always)
        return id
    }

    private func integration(_ id: IntegrationID) async throws -> Integration {
        let entry = try #require(try await store.entry(for: .integration(id)))
        return try JSON.decode(Integration.self, from: entry.value, at: "the integration")
    }

    private func tokens(_ id: IntegrationID) async throws -> UserTokens {
        let entry = try #require(try await store.entry(for: .credentials(id)))
        return try Credentials.open(entry.value, of: id, in: OpenVault())
    }

    /// Keeps what is known of some days.
    private func know(_ days: [String: Bool], of id: IntegrationID) async throws {
        let login = try #require(OrganizationLogin("acme"))
        for (text, isFinal) in days {
            let event = CollectEvent(
                integration: id, installation: InstallationID(1), organization: login,
                day: try #require(Day(text)))
            let manifest = Manifest(event: event, sources: [:], final: isFinal, readAt: tickTime)
            try await store.put(
                JSON.encode(manifest), for: .manifest(id, event.installation, event.day),
                if: .always)
        }
    }

    private func days(_ output: DailyTick.Output) -> [String] {
        output.events.map { String($0.subject?.split(separator: "/").last ?? "") }
    }

    // MARK: What is to be collected

    @Test("asks for each organization and each day of the look-back, newest first")
    func lookback() async throws {
        try await connect()
        github.change { $0.accounts = [.init(id: 2, login: "bar"), .init(id: 1, login: "acme")] }
        let output = try await tick()
        #expect(output.time == tickTime)
        #expect(
            output.events.map(\.id) == [
                "collect/9-copilot/900001/2026-11-21/2026-11-22",
                "collect/9-copilot/900002/2026-11-21/2026-11-22",
                "collect/9-copilot/900001/2026-11-20/2026-11-22",
                "collect/9-copilot/900002/2026-11-20/2026-11-22",
                "collect/9-copilot/900001/2026-11-19/2026-11-22",
                "collect/9-copilot/900002/2026-11-19/2026-11-22",
            ])
        #expect(
            output.events.first?.data
                == .object([
                    "integration": .string("9-copilot"), "installation": .integer(1),
                    "organization": .string("acme"), "day": .string("2026-11-21"),
                ]))
        #expect(output.events.allSatisfy { $0.type == .collect && $0.time == tickTime })
        #expect(output.skipped.isEmpty)
        #expect(output.attention.isEmpty)
    }

    @Test("gives the same bytes for the same event, however late and often it is run")
    func repeated() async throws {
        try await connect(expires: .seconds(400_000))
        let event = Array(#"{"time": "2026-11-22T06:00:00Z", "more": 1}"#.utf8)
        let first = try await JSONFunction(function())(event)
        clock.advance(by: .seconds(100_000))
        #expect(try await JSONFunction(function())(event) == first)
    }

    @Test("has nothing to do where nobody is connected")
    func nobody() async throws {
        let output = try await tick()
        #expect(output.events.isEmpty)
        #expect(github.requests.isEmpty)
    }

    @Test("looks back as far as it is set to", arguments: [1, 3, 40])
    func lookbackCount(count: Int) async throws {
        try await connect()
        let output = try await function(lookback: count).run(.init())
        #expect(output.events.count == count)
    }

    @Test("refuses a look-back that makes no sense", arguments: [0, -1, 367])
    func oddLookback(count: Int) {
        let failure = #expect(throws: Failure.self) { try function(lookback: count) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("LOOKBACK_DAYS") ?? false)
    }

    @Test(
        "asks for what is not final: the look-back, what was begun, and what an outage left out",
        arguments: [
            // What is known, and the days of November that are asked for.
            (["2026-11-21": false, "2026-11-20": true], [21, 19]),
            (["2026-11-19": true, "2026-11-20": true, "2026-11-21": true], []),
            (["2026-11-14": true], [21, 20, 19, 18, 17, 16, 15]),
            (["2026-11-14": true, "2026-11-16": true], [21, 20, 19, 18, 17]),
            (["2026-11-14": false], [21, 20, 19, 18, 17, 16, 15, 14]),
            (["2026-11-13": false, "2026-11-14": true, "2026-11-18": true], [21, 20, 19, 13]),
            // Older than four weeks is given up.
            (["2026-10-24": false, "2026-10-25": true, "2026-11-18": true], [21, 20, 19]),
            (["2026-10-20": true], [21, 20, 19]),
        ] as [([String: Bool], [Int])])
    func gaps(known: [String: Bool], expected: [Int]) async throws {
        let id = try await connect()
        try await know(known, of: id)
        let found = try await tick()
        #expect(days(found) == expected.map { "2026-11-\($0)" })

        // With the summary, which is read instead of the manifests, it is the same.
        var summary = KnownDays(today: Day(containing: tickTime))
        for (day, isFinal) in known {
            summary.note(
                try #require(Day(day)), isFinal: isFinal, today: Day(containing: tickTime))
        }
        try await store.put(
            JSON.encode(summary), for: .knownDays(id, InstallationID(1)), if: .always)
        #expect(try await tick() == found)
    }

    @Test("goes by the manifests themselves where it is given days")
    func rangeAgainstSummary() async throws {
        let id = try await connect()
        let day = try #require(Day("2026-11-21"))
        var summary = KnownDays(today: Day(containing: tickTime))
        // Whoever removes a manifest by hand, to have the day read anew, asks for it by name.
        summary.note(day, isFinal: true, today: Day(containing: tickTime))
        try await store.put(
            JSON.encode(summary), for: .knownDays(id, InstallationID(1)), if: .always)
        #expect(days(try await tick()) == ["2026-11-20", "2026-11-19"])
        #expect(days(try await tick(.init(from: day))) == ["2026-11-21"])
    }

    @Test("collects of more organizations than are listed")
    func veryMany() async throws {
        let id = try await connect()
        github.change { $0.accounts = (1...3_000).map { .init(id: $0, login: "org-\($0)") } }
        #expect(try await tick().events.count == 3 * 3_000)
        let listed = try await integration(id).organizations
        #expect(listed.map(\.id.number) == (1...Int64(Integration.listedCountMax)).map(\.self))
        #expect(JSON.encode(listed).count < StoreLimits.valueByteCountMax * 3 / 4)
    }

    @Test("does not take another integration's or installation's days for this one's")
    func ownDays() async throws {
        try await connect()
        try await know(
            ["2026-11-21": true], of: try #require(IntegrationID("9-copilot-2")))
        #expect(days(try await tick()).count == 3)
    }

    @Test("collects a day again whose manifest cannot be read")
    func unreadableManifest() async throws {
        let id = try await connect()
        let day = try #require(Day("2026-11-21"))
        try await store.put([1], for: .manifest(id, InstallationID(1), day), if: .always)
        #expect(days(try await tick()).count == 3)
    }

    // MARK: What it is restricted to

    @Test(
        "keeps to the days it is given, and leaves the final ones of them out",
        arguments: [
            ("2026-11-01", "2026-11-03", ["2026-11-03", "2026-11-01"]),
            ("2026-11-20", nil, ["2026-11-21", "2026-11-20"]),
            (nil, "2026-11-10", ["2026-11-10", "2026-11-09", "2026-11-08"]),
            ("2026-11-02", "2026-11-02", []),
        ] as [(String?, String?, [String])])
    func range(from: String?, to: String?, expected: [String]) async throws {
        try await know(
            ["2026-11-02": true, "2026-11-05": false], of: try await connect())
        let output = try await tick(
            .init(from: from.flatMap(Day.init), to: to.flatMap(Day.init)))
        #expect(days(output) == expected)
    }

    @Test("asks again for a closed day of which a report was refused, if it is named")
    func refusedDay() async throws {
        let id = try await connect()
        let day = try #require(Day("2026-11-20"))
        let event = CollectEvent(
            integration: id, installation: InstallationID(1),
            organization: try #require(OrganizationLogin("acme")), day: day)
        let manifest = Manifest(
            event: event,
            sources: [.users: SourceResult(.policyOff), .members: SourceResult(.written)],
            final: true, readAt: tickTime)
        try await store.put(
            JSON.encode(manifest), for: .manifest(id, event.installation, day), if: .always)
        #expect(!days(try await tick()).contains("2026-11-20"))
        #expect(days(try await tick(.init(from: day, to: day))) == ["2026-11-20"])
    }

    @Test("takes a year, and no more, at once")
    func longest() async throws {
        try await connect()
        let first = try #require(Day("2025-11-21"))
        let output = try await tick(.init(from: first))
        #expect(output.events.count == 366)
        let failure = await #expect(throws: Failure.self) {
            try await tick(.init(from: first.advanced(by: -1)))
        }
        #expect(failure?.code == .malformedEvent)
    }

    @Test(
        "refuses days that make no sense, and names the field",
        arguments: [
            (#"{"from": "2026-11-20", "to": "2026-11-19"}"#, "from"),
            (#"{"from": "2026-11-22"}"#, "from"), (#"{"to": "2026-11-22"}"#, "to"),
            (#"{"from": "yesterday"}"#, "from"), (#"{"to": 20261121}"#, "to"),
            (#"{"time": "06:00"}"#, "time"), (#"{"organizations": "acme"}"#, "organizations"),
            (#"{"organizations": ["../x"]}"#, "organizations"),
        ])
    func malformed(event: String, field: String) async throws {
        try await connect()
        let function = JSONFunction(try function())
        let failure = await #expect(throws: Failure.self) {
            try await function(Array(event.utf8))
        }
        #expect(failure?.code == .malformedEvent)
        #expect(failure?.message.contains(field) ?? false)
        #expect(github.requests.isEmpty)
    }

    @Test("keeps to the organizations it is given, in any spelling, and says which nobody reaches")
    func organizations() async throws {
        let id = try await connect()
        github.change {
            $0.accounts = [
                .init(id: 1, login: "Acme"), .init(id: 2, login: "bar"),
                .init(id: 3, login: "other", role: "member"),
                .init(id: 4, login: "me", type: "User"),
            ]
        }
        let output = try await tick(
            .init(organizations: ["acme", "other", "nowhere"].compactMap(OrganizationLogin.init)))
        #expect(Set(output.events.compactMap(\.subject)).count == 3)
        #expect(output.events.allSatisfy { $0.subject?.hasPrefix("Acme/") ?? false })
        #expect(output.skipped.map(\.organization) == ["other", "nowhere"])
        #expect(!github.requests.contains("GET /user/memberships/orgs/bar"))
        // A look at a part of the reach is not kept as the whole of it.
        #expect(try await integration(id).organizations.isEmpty)
    }

    @Test("takes an empty list of organizations for all of them")
    func noRestriction() async throws {
        try await connect()
        #expect(try await tick(.init(organizations: [])).events.count == 3)
    }

    // MARK: Whose organizations

    @Test("leaves out what is suspended, personal or somebody else's, and says so")
    func leftOut() async throws {
        let id = try await connect()
        github.change {
            $0.accounts = [
                .init(id: 1, login: "acme"), .init(id: 2, login: "other", role: "member"),
                .init(id: 3, login: "gone", role: nil),
                .init(id: 4, login: "asleep", suspendedAt: "2026-11-01T00:00:00Z"),
                .init(id: 5, login: "ada", type: "User"),
            ]
        }
        let output = try await tick()
        #expect(output.events.count == 3)
        let reasons = Dictionary(
            uniqueKeysWithValues: output.skipped.map { ($0.organization, $0.reason) })
        #expect(reasons.keys.sorted() == ["ada", "asleep", "gone", "other"])
        #expect(reasons["asleep"]?.contains("owner of asleep can unsuspend") ?? false)
        #expect(reasons["other"]?.contains("does not own") ?? false)
        #expect(output.attention.isEmpty)
        #expect(
            try await integration(id).organizations.map(\.organization.description)
                == ["acme", "asleep"])
    }

    @Test("asks for a look at what GitHub describes in an unknown form, and goes on with the rest")
    func unreadable() async throws {
        let id = try await connect()
        github.change { $0.accounts.append(.init(id: 7, login: "no login at all")) }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.skipped.isEmpty)
        // Without an organization, it is one for the exit status.
        #expect(output.attention.map(\.integration) == [id.description])
        #expect(output.attention.map(\.organization) == [nil])
        let reason = output.attention.first?.reason ?? ""
        #expect(reason.hasPrefix("no login at all: nothing is collected"), "\(reason)")
    }

    @Test("takes in what GitHub does not name the owner of, and asks for a look")
    func unknownOwner() async throws {
        try await connect()
        github.change { $0.accounts = [.init(id: 1, login: "acme", roleStatus: 403)] }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.attention.map(\.organization) == ["acme"])
        #expect(output.attention.first?.integration == "9-copilot")
    }

    @Test("collects in spite of a missing permission, and names it")
    func missingPermission() async throws {
        try await connect()
        github.change {
            $0.accounts = [
                .init(
                    id: 1, login: "acme", permissions: ["members", "organization_copilot_metrics"])
            ]
        }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.attention.count == 1)
        #expect(
            output.attention.first?.reason.contains(
                #""Administration: read" (organization_administration) on acme"#) ?? false)
    }

    @Test("collects an organization that two integrations reach once, by the first of them")
    func twice() async throws {
        try await connect("9-b")
        try await connect("9-a")
        github.change { $0.accounts = [.init(id: 1, login: "acme", permissions: [])] }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.events.allSatisfy { $0.id.hasPrefix("collect/9-a/") })
        #expect(output.skipped.count == 1)
        #expect(output.skipped.first?.reason.contains("integration 9-a") ?? false)
        #expect(Set(output.attention.map(\.integration)) == ["9-a"])
    }

    @Test("says once what two integrations say alike")
    func alike() async throws {
        try await connect("9-a")
        try await connect("9-b")
        github.change {
            $0.accounts = [.init(id: 1, login: "acme", suspendedAt: "2026-11-01T00:00:00Z")]
        }
        #expect(try await tick().skipped.count == 1)
    }

    @Test("follows an organization that is renamed, by its number")
    func renamed() async throws {
        let id = try await connect()
        try await know(["2026-11-21": true], of: id)
        github.change { $0.accounts = [.init(id: 1, login: "acme-new")] }
        let output = try await tick()
        #expect(
            output.events.compactMap(\.subject) == ["acme-new/2026-11-20", "acme-new/2026-11-19"])
        #expect(output.events.first?.id == "collect/9-copilot/900001/2026-11-20/2026-11-22")
        #expect(
            try await integration(id).organizations.map(\.organization.description) == ["acme-new"])
    }

    @Test("does nothing for an integration that was removed")
    func removed() async throws {
        let id = try await connect()
        var record = try await integration(id)
        record.removedAt = tickTime
        try await store.put(JSON.encode(record), for: .integration(id), if: .always)
        try await store.remove(.credentials(id), if: .always)
        let output = try await tick()
        #expect(
            output
                == DailyTick.Output(
                    time: tickTime, events: [], skipped: [], attention: []))
    }

    // MARK: Tokens

    @Test(
        "renews a token that works for ten minutes or less, and stores the pair before using it",
        arguments: [(-60, true), (0, true), (600, true), (601, false), (28_800, false)])
    func refresh(seconds: Int, isRenewed: Bool) async throws {
        let id = try await connect(expires: .seconds(seconds))
        let output = try await tick()
        #expect(output.events.count == 3)
        let kept = try await tokens(id)
        #expect(kept.access.reveal { $0 } == (isRenewed ? "ghu_2" : "ghu_1"))
        #expect(kept.refresh?.reveal { $0 } == (isRenewed ? "ghr_2" : "ghr_1"))
        #expect(github.requests.contains("POST /login/oauth/access_token") == isRenewed)
        #expect(try await store.entry(for: .refreshLease(id)) == nil)
    }

    @Test("does not lose a new pair because the store hesitates")
    func hesitatingStore() async throws {
        let id = try await connect(expires: .zero)
        let output = try await function(FailingStore(store, key: .credentials(id), times: 2))
            .run(.init())
        #expect(output.events.count == 3)
        #expect(try await tokens(id).access.reveal { $0 } == "ghu_2")
    }

    @Test("uses a token that still works while another tick renews it, and else comes back later")
    func leased() async throws {
        let id = try await connect(expires: .seconds(300))
        try await store.put(
            [], for: .refreshLease(id), if: .absent, until: tickTime.advanced(by: .seconds(400)))
        #expect(try await tick().events.count == 3)
        #expect(!github.requests.contains("POST /login/oauth/access_token"))
        clock.advance(by: .seconds(300))
        let failure = await #expect(throws: Failure.self) { try await tick() }
        #expect(failure?.code == .conflict)
        #expect(failure?.retry != .never)
        // The refresher died; its lease runs out.
        clock.advance(by: .seconds(100))
        #expect(try await tick().events.count == 3)
        #expect(try await tokens(id).access.reveal { $0 } == "ghu_2")
    }

    @Test("prefers the tokens of a person who authorizes again meanwhile")
    func renewedMeanwhile() async throws {
        let id = try await connect(expires: .zero)
        let store = store
        let own = UserTokens(access: Secret(github.tokens().access))
        github.change { world in
            world.before = (
                "/login/oauth/access_token",
                {
                    _ = try? await store.put(
                        Credentials.seal(own, of: id, in: OpenVault()), for: .credentials(id),
                        if: .always)
                }
            )
        }
        #expect(try await tick().events.count == 3)
        #expect(try await tokens(id).access.reveal { $0 } == "ghu_2")
    }

    @Test("takes a token that was renewed after it was read for what it is")
    func renewedBehindItsBack() async throws {
        let id = try await connect()
        let (store, github) = (store, github)
        github.change { world in
            world.before = (
                "/user/installations",
                {
                    let own = UserTokens(access: Secret(github.tokens().access))
                    github.change { $0.access.remove("ghu_1") }
                    _ = try? await store.put(
                        Credentials.seal(own, of: id, in: OpenVault()), for: .credentials(id),
                        if: .always)
                }
            )
        }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.attention.isEmpty)
    }

    @Test("uses a token without an end as long as GitHub takes it")
    func endless() async throws {
        let id = try await connect()
        let own = UserTokens(access: Secret(github.tokens().access))
        try await store.put(
            Credentials.seal(own, of: id, in: OpenVault()), for: .credentials(id), if: .always)
        clock.advance(by: .seconds(30 * 86_400))
        #expect(try await tick(.init(time: tickTime)).events.count == 3)
    }

    @Test(
        "asks for a new authorization where the old one does not work any more, and goes on",
        arguments: ["revoked", "spent", "expired", "missing", "unreadable"])
    func revoked(how: String) async throws {
        let id = try await connect("9-a", expires: how == "revoked" ? .seconds(9_000) : .zero)
        try await connect("9-b")
        switch how {
        case "revoked": github.change { $0.access.remove("ghu_1") }
        case "spent": github.change { $0.refresh.remove("ghr_1") }
        case "expired":
            let own = UserTokens(
                access: Secret("ghu_1"), accessExpires: tickTime, refresh: Secret("ghr_1"),
                refreshExpires: tickTime)
            try await store.put(
                Credentials.seal(own, of: id, in: OpenVault()), for: .credentials(id), if: .always)
        case "missing": try await store.remove(.credentials(id), if: .always)
        default: try await store.put([1, 2], for: .credentials(id), if: .always)
        }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.events.allSatisfy { $0.id.hasPrefix("collect/9-b/") })
        #expect(output.attention.map(\.integration) == ["9-a"])
        let reason = try #require(output.attention.first?.reason)
        #expect(reason.contains("authorize again at https://usage.example/authorize"))
        #expect(!reason.contains("ghu_") && !reason.contains("ghr_"))
    }

    @Test("does not fail because the only authorization was revoked: a retry would not help")
    func onlyRevoked() async throws {
        try await connect()
        github.change { $0.access = [] }
        let output = try await tick()
        #expect(output.events.isEmpty)
        #expect(output.attention.count == 1)
        #expect(github.requests == ["GET /user/installations"])
    }

    // MARK: Outages

    @Test("fails for the bus to try again where GitHub tells of nobody")
    func unreachable() async throws {
        try await connect("9-a")
        try await connect("9-b")
        github.change { $0.outage = ("/user/installations", 503) }
        let failure = await #expect(throws: Failure.self) { try await tick() }
        #expect(failure?.code == .unavailable)
        #expect(failure?.retry != .never)
    }

    @Test("goes on with the others where GitHub does not tell of one")
    func partlyUnreachable() async throws {
        try await connect("9-a", expires: .zero)
        try await connect("9-b")
        github.change { $0.outage = ("/login/oauth/access_token", 503) }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.attention.map(\.integration) == ["9-a"])
        #expect(output.attention.first?.reason.contains("by this tick") ?? false)
    }

    @Test("goes on with the others where a record cannot be read")
    func unreadableRecord() async throws {
        try await connect("9-b")
        try await store.put([1], for: try #require(StoreKey("integration/9-a")), if: .always)
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.attention.map(\.integration) == ["9-a"])
    }

    @Test("fails where the store cannot say which days are final")
    func storeFails() async throws {
        let id = try await connect()
        try await know(["2026-11-21": true], of: id)
        let key = StoreKey.manifest(id, InstallationID(1), try #require(Day("2026-11-21")))
        let failing = FailingStore(store, key: key, times: 1)
        let failure = await #expect(throws: Failure.self) {
            try await function(failing).run(.init())
        }
        #expect(failure?.code == .unavailable)
    }

    @Test("leaves it to its host to keep what it found, and never over what is newer")
    func keeping() async throws {
        let id = try await connect()
        let before = try await store.entry(for: .integration(id))
        let handled = try await function().handle(.init())
        #expect(try await store.entry(for: .integration(id)) == before)
        _ = try await handled.kept()
        #expect(try await !integration(id).organizations.isEmpty)

        var removed = try await integration(id)
        removed.removedAt = tickTime
        try await store.put(JSON.encode(removed), for: .integration(id), if: .always)
        _ = try await handled.kept()
        #expect(try await integration(id) == removed)
    }

    @Test("does not write a record that says what it said")
    func unchangedRecord() async throws {
        let id = try await connect()
        _ = try await tick()
        let before = try await store.entry(for: .integration(id))
        _ = try await tick()
        #expect(try await store.entry(for: .integration(id)) == before)
    }
}

/// A store that cannot serve one key for some times.
struct FailingStore: KeyValueStore {
    private let store: MemoryStore
    private let key: StoreKey
    private let left: Countdown

    init(_ store: MemoryStore, key: StoreKey, times: Int) {
        self.store = store
        self.key = key
        left = Countdown(times)
    }

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        // The credentials can be read, and only not be written.
        if !key.description.hasPrefix("credentials/") { try fail(key) }
        return try await store.entry(for: key)
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try fail(key)
        return try await store.put(value, for: key, if: condition, until: expiry)
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try await store.remove(key, if: condition)
    }

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try await store.keys(prefix: prefix, after: cursor, limit: limit)
    }

    private func fail(_ key: StoreKey) throws(Failure) {
        if key == self.key, left.isRunning() {
            throw Failure(.unavailable, "the store hesitates")
        }
    }

    private final class Countdown: Sendable {
        private let left: Mutex<Int>

        init(_ count: Int) { left = Mutex(count) }

        func isRunning() -> Bool {
            left.withLock { left in
                left -= 1
                return left >= 0
            }
        }
    }
}
