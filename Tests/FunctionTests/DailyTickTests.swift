import Authorization
import CollectedDays
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnDailyTick
import OpenSSLCrypto
import Ports
import Synchronization
import Testing
import Toolbox

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
        _ other: (any KeyValueStore)? = nil, lookback: Int = 3,
        selection: OrganizationSelection = .all
    ) throws -> DailyTick {
        try DailyTick(
            store: other ?? store, vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock),
            authorizeURL: "https://usage.example/authorize", selection: selection,
            lookbackDayCount: lookback)
    }

    private func tick(_ event: DailyTick.Event = .init()) async throws -> DailyTick.Output {
        try await function().run(event)
    }

    /// Connects an integration whose tokens are valid for some hours.
    @discardableResult
    private func connect(
        _ text: String = "9-copilot", expires: Duration = .seconds(28_800),
        tokens pair: (access: String, refresh: String)? = nil
    ) async throws -> IntegrationID {
        let id = try #require(IntegrationID(text))
        try await github.connect(
            id, named: text, in: store, at: clock.now(), until: clock.now().advanced(by: expires),
            tokens: pair)
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

    /// Stores manifests of some days: whether each is final.
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

    // MARK: Organizations

    @Test(
        "refuses an organization whose login another one has in other letters", arguments: [1, 2])
    func twins(first: Int64) async throws {
        let id = try await connect()
        let accounts = [
            AuthorizingGitHub.Account(id: 1, login: "ACME"), .init(id: 2, login: "acme"),
        ]
        github.change { $0.accounts = accounts.filter { $0.id == first } }
        _ = try await tick()
        github.change { $0.accounts = accounts }
        for _ in 0..<2 {
            // The one that was there first stays, whatever the order.
            let output = try await tick()
            #expect(Set(output.events.map { $0.data["installation"] }) == [.integer(first)])
            let problem = try #require(output.attention.first)
            #expect(output.attention.count == 1 && problem.organization == nil)
            #expect(problem.reason.hasPrefix(first == 1 ? "acme (" : "ACME ("), "\(problem.reason)")
            #expect(problem.reason.contains("could not be told apart. Rename one of them"))
            #expect(output.exitStatus == .fault)
            #expect(try await integration(id).organizations.map(\.id.number) == [first])
        }
    }

    @Test("refuses it although another integration reaches it")
    func twinsOfTwo() async throws {
        try await connect("9-a")
        try await connect("9-b")
        github.change {
            $0.accounts = [.init(id: 1, login: "ACME"), .init(id: 2, login: "acme")]
        }
        let output = try await tick()
        #expect(Set(output.events.map { $0.data["installation"] }) == [.integer(1)])
        #expect(output.attention.map(\.integration) == ["9-a", "9-b"])
    }

    // MARK: Days

    @Test("requests each organization and each day of the look-back, newest first")
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

    @Test("returns the same bytes for the same event, however late and often it runs")
    func repeated() async throws {
        try await connect(expires: .seconds(400_000))
        let event = Array(#"{"time": "2026-11-22T06:00:00Z", "more": 1}"#.utf8)
        let first = try await JSONFunction(function())(event)
        clock.advance(by: .seconds(100_000))
        #expect(try await JSONFunction(function())(event) == first)
    }

    @Test("requests nothing if nobody is connected")
    func nobody() async throws {
        let output = try await tick()
        #expect(output.events.isEmpty)
        #expect(github.requests.isEmpty)
    }

    @Test("looks back the configured number of days", arguments: [1, 3, 40])
    func lookbackCount(count: Int) async throws {
        try await connect()
        let output = try await function(lookback: count).run(.init())
        #expect(output.events.count == count)
    }

    @Test("rejects a look-back that is out of range", arguments: [0, -1, 367])
    func oddLookback(count: Int) {
        let failure = #expect(throws: Failure.self) { try function(lookback: count) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("LOOKBACK_DAYS") ?? false)
    }

    @Test(
        "requests days that are not final: in the look-back, begun earlier, or missed in an outage",
        arguments: [
            // The known days, and the days of November to request.
            (["2026-11-21": false, "2026-11-20": true], [21, 19]),
            (["2026-11-19": true, "2026-11-20": true, "2026-11-21": true], []),
            (["2026-11-14": true], [21, 20, 19, 18, 17, 16, 15]),
            (["2026-11-14": true, "2026-11-16": true], [21, 20, 19, 18, 17, 15]),
            (["2026-11-14": false], [21, 20, 19, 18, 17, 16, 15, 14]),
            (
                ["2026-11-13": false, "2026-11-14": true, "2026-11-18": true],
                [21, 20, 19, 17, 16, 15, 13]
            ),
            // Days older than four weeks are given up.
            (["2026-10-24": false, "2026-11-18": true], [21, 20, 19]),
            (["2026-10-24": true, "2026-11-17": false, "2026-11-18": true], [21, 20, 19, 17]),
            (["2026-10-20": true], [21, 20, 19]),
        ] as [([String: Bool], [Int])])
    func gaps(known: [String: Bool], expected: [Int]) async throws {
        let id = try await connect()
        try await know(known, of: id)
        let found = try await tick()
        #expect(days(found) == expected.map { "2026-11-\($0)" })

        // The result is the same with the summary that replaces the manifests.
        var summary = KnownDays(today: Day(containing: tickTime))
        for (day, isFinal) in known {
            summary.note(
                try #require(Day(day)), isFinal: isFinal, today: Day(containing: tickTime))
        }
        try await store.put(
            JSON.encode(summary), for: .knownDays(id, InstallationID(1)), if: .always)
        #expect(try await tick() == found)
    }

    @Test("goes by the manifests themselves if the event names days")
    func rangeAgainstSummary() async throws {
        let id = try await connect()
        let day = try #require(Day("2026-11-21"))
        var summary = KnownDays(today: Day(containing: tickTime))
        // A person who removes a manifest by hand, to have the day read again, names the day.
        summary.note(day, isFinal: true, today: Day(containing: tickTime))
        try await store.put(
            JSON.encode(summary), for: .knownDays(id, InstallationID(1)), if: .always)
        #expect(days(try await tick()) == ["2026-11-20", "2026-11-19"])
        #expect(days(try await tick(.init(from: day))) == ["2026-11-21"])
    }

    @Test("collects more organizations than the integration lists")
    func veryMany() async throws {
        let id = try await connect()
        github.change { $0.accounts = (1...3_000).map { .init(id: $0, login: "org-\($0)") } }
        #expect(try await tick().events.count == 3 * 3_000)
        let listed = try await integration(id).organizations
        #expect(listed.map(\.id.number) == (1...Int64(Integration.listedCountMax)).map(\.self))
        #expect(JSON.encode(listed).count < StoreLimits.valueByteCountMax * 3 / 4)
    }

    @Test("does not mix up the days of two integrations")
    func ownDays() async throws {
        try await connect()
        try await know(
            ["2026-11-21": true], of: try #require(IntegrationID("9-copilot-2")))
        #expect(days(try await tick()).count == 3)
    }

    @Test("requests a day again if its manifest cannot be read")
    func unreadableManifest() async throws {
        let id = try await connect()
        let day = try #require(Day("2026-11-21"))
        try await store.put([1], for: .manifest(id, InstallationID(1), day), if: .always)
        #expect(days(try await tick()).count == 3)
    }

    // MARK: Restrictions

    @Test(
        "requests only the days of a given range that are not final",
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

    @Test("requests a final day again if a report was refused and the event names the day")
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

    @Test("accepts a range of a year, and no more")
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
        "rejects days that are not valid, and names the field",
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

    @Test("requests only given organizations, in any case, and reports those that nobody reaches")
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
        // A part of the organizations does not replace the stored list of all.
        #expect(try await integration(id).organizations.isEmpty)
    }

    @Test("treats an empty list of organizations as all")
    func noRestriction() async throws {
        try await connect()
        #expect(try await tick(.init(organizations: [])).events.count == 3)
    }

    // MARK: Ownership

    private func selection(_ only: String?, except: String? = nil) -> OrganizationSelection {
        OrganizationSelection(
            only: only.flatMap(OrganizationPatterns.init),
            except: except.flatMap(OrganizationPatterns.init))
    }

    @Test("skips what the settings leave out, without a request about it and without a fault")
    func notChosen() async throws {
        try await connect()
        github.change { world in
            world.accounts = [
                .init(id: 1, login: "acme"), .init(id: 2, login: "Sandbox-1"),
                .init(id: 3, login: "sandbox-2", role: nil),
                .init(id: 4, login: "sandbox-3", suspendedAt: "2026-11-01T00:00:00Z"),
                .init(id: 5, login: "other"),
            ]
        }
        let output = try await function(selection: selection("acme sandbox-*", except: "SANDBOX-*"))
            .run(.init())
        #expect(Set(output.events.compactMap { $0.data["organization"]?.text }) == ["acme"])
        let except = "ORGANIZATIONS_EXCEPT leaves it out"
        #expect(
            output.skipped.map { "\($0.organization): \($0.reason)" } == [
                "Sandbox-1: \(except)", "sandbox-2: \(except)", "sandbox-3: \(except)",
                "other: ORGANIZATIONS does not name it",
            ])
        #expect(output.attention.isEmpty)
        #expect(output.exitStatus == .done)
        #expect(
            github.requests.filter { $0.contains("/memberships/") }.allSatisfy {
                $0.hasSuffix("/acme")
            })
    }

    @Test("says so if the event names what the settings leave out")
    func notChosenByName() async throws {
        try await connect()
        let output = try await function(selection: selection(nil, except: "acme"))
            .run(.init(organizations: [#require(OrganizationLogin("acme"))]))
        #expect(output.events.isEmpty)
        #expect(output.skipped.map(\.reason) == ["ORGANIZATIONS_EXCEPT leaves it out"])
    }

    @Test("reports a login in the settings that no integration reaches")
    func namedInVain() async throws {
        let selection = selection("acme acme-typo b*")
        #expect(try await function(selection: selection).run(.init()).skipped.isEmpty)
        try await connect()
        let output = try await function(selection: selection).run(.init())
        #expect(output.skipped.map(\.organization) == ["acme-typo"])
        #expect(output.skipped.first?.reason.hasPrefix("ORGANIZATIONS names it, but") == true)
        // Another authorization, which cannot be used now, may reach it.
        try await connect("9-other", expires: .zero)
        github.change { $0.outage = ("/login/oauth/access_token", 503) }
        #expect(try await function(selection: selection).run(.init()).skipped.isEmpty)
    }

    @Test("skips suspended, personal and foreign accounts with a reason")
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

    @Test("reports an account that GitHub describes in an unknown form, and collects the others")
    func unreadable() async throws {
        let id = try await connect()
        github.change { $0.accounts.append(.init(id: 7, login: "no login at all")) }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.skipped.isEmpty)
        // An entry without an organization affects the exit status.
        #expect(output.attention.map(\.integration) == [id.description])
        #expect(output.attention.map(\.organization) == [nil])
        let reason = output.attention.first?.reason ?? ""
        #expect(reason.hasPrefix("no login at all: nothing is collected"), "\(reason)")
    }

    @Test("collects an organization if the App may not ask who owns it, and reports that")
    func unknownOwner() async throws {
        try await connect()
        github.change {
            $0.accounts = [
                .init(
                    id: 1, login: "acme", membership: .mayNotAsk,
                    permissions: ["organization_copilot_metrics", "organization_administration"])
            ]
        }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.attention.map(\.organization) == ["acme"])
        #expect(output.attention.first?.integration == "9-copilot")
    }

    @Test(
        "does not collect a new organization until its owner is proven",
        arguments: [
            (500, "{}"), (403, "null"), (301, ""), (200, "null"), (200, "{}"),
            (200, #"{"state": "active"}"#), (200, #"{"state": "active", "role": 5}"#),
            (200, "<html></html>"), (200, #"{"state": null, "role": "admin"}"#),
            (403, #"{"message": "Resource not accessible by integration"}"#),
            (
                200,
                #"{"state": "active", "role": "admin", "organization": {"login": "b", "id": 1}}"#
            ),
        ])
    func unprovenOwner(status: Int, body: String) async throws {
        let id = try await connect()
        let odd = AuthorizingGitHub.Account(
            id: 1, login: "acme", membership: .odd(status: status, body: body))
        github.change { $0.accounts = [odd, .init(id: 2, login: "bar")] }
        for _ in 0..<2 {
            let output = try await tick()
            #expect(output.events.allSatisfy { $0.subject?.hasPrefix("bar/") ?? false })
            #expect(output.skipped.map(\.organization) == ["acme"])
            #expect(output.skipped.first?.reason.contains("next tick asks again") == true)
        }
        #expect(try await integration(id).organizations.map(\.organization.description) == ["bar"])
        // One that was connected before is kept while GitHub's responses are odd.
        github.change { $0.accounts = [.init(id: 1, login: "acme")] }
        #expect(try await tick().events.count == 3)
        github.change { $0.accounts = [odd] }
        let kept = try await tick()
        #expect(kept.events.count == 3)
        #expect(kept.attention.compactMap(\.organization) == ["acme"])
    }

    @Test("collects despite a missing permission, and names it")
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

    @Test("collects an organization once, by the first of two integrations that reach it")
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

    @Test("reports a reason once if two integrations share it")
    func alike() async throws {
        try await connect("9-a")
        try await connect("9-b")
        github.change {
            $0.accounts = [.init(id: 1, login: "acme", suspendedAt: "2026-11-01T00:00:00Z")]
        }
        #expect(try await tick().skipped.count == 1)
    }

    @Test("recognizes a renamed organization by its number")
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

    @Test("requests nothing for a removed integration")
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
        "refreshes a token that expires within ten minutes, and stores the pair before using it",
        arguments: [(-60, true), (0, true), (600, true), (601, false), (28_800, false)])
    func refresh(seconds: Int, isRenewed: Bool) async throws {
        let id = try await connect(expires: .seconds(seconds))
        let output = try await tick()
        #expect(output.events.count == 3)
        let kept = try await tokens(id)
        #expect(kept.access.secret.reveal { $0 } == (isRenewed ? "ghu_2" : "ghu_1"))
        #expect(kept.refresh?.reveal { $0 } == (isRenewed ? "ghr_2" : "ghr_1"))
        #expect(github.requests.contains("POST /login/oauth/access_token") == isRenewed)
        #expect(try await store.entry(for: .refreshLease(id)) == nil)
    }

    @Test("keeps a new pair although two writes to the store fail")
    func hesitatingStore() async throws {
        let id = try await connect(expires: .zero)
        let output = try await function(FailingStore(store, key: .credentials(id), times: 2))
            .run(.init())
        #expect(output.events.count == 3)
        #expect(try await tokens(id).access.secret.reveal { $0 } == "ghu_2")
    }

    @Test(
        "uses a valid token while another tick refreshes it, and is retried if the token has expired"
    )
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
        // The refreshing tick died, and its lease expires.
        clock.advance(by: .seconds(100))
        #expect(try await tick().events.count == 3)
        #expect(try await tokens(id).access.secret.reveal { $0 } == "ghu_2")
    }

    @Test("prefers the tokens of a person who authorizes again during the refresh")
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
        #expect(try await tokens(id).access.secret.reveal { $0 } == "ghu_2")
    }

    @Test("repeats a request with a token that was replaced after it was read")
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

    @Test("uses a token without expiry as long as GitHub accepts it")
    func endless() async throws {
        let id = try await connect()
        let own = UserTokens(access: Secret(github.tokens().access))
        try await store.put(
            Credentials.seal(own, of: id, in: OpenVault()), for: .credentials(id), if: .always)
        clock.advance(by: .seconds(30 * 86_400))
        #expect(try await tick(.init(time: tickTime)).events.count == 3)
    }

    @Test(
        "asks for a new authorization if the old one has ended, and continues with the others",
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
        #expect(reason.contains("Authorize again at https://usage.example/authorize"))
        #expect(!reason.contains("ghu_") && !reason.contains("ghr_"))
    }

    @Test("does not fail if the only authorization was revoked, because a retry would not help")
    func onlyRevoked() async throws {
        try await connect()
        github.change { $0.access = [] }
        let output = try await tick()
        #expect(output.events.isEmpty)
        #expect(output.attention.count == 1)
        #expect(github.requests == ["GET /user/installations"])
    }

    // MARK: Outages

    @Test("fails, so that the bus retries, if GitHub cannot report any installations")
    func unreachable() async throws {
        try await connect("9-a")
        try await connect("9-b")
        github.change { $0.outage = ("/user/installations", 503) }
        let failure = await #expect(throws: Failure.self) { try await tick() }
        #expect(failure?.code == .unavailable)
        #expect(failure?.retry != .never)
    }

    @Test("continues with the others if one integration cannot be read from GitHub")
    func partlyUnreachable() async throws {
        try await connect("9-a", expires: .zero)
        try await connect("9-b")
        github.change { $0.outage = ("/login/oauth/access_token", 503) }
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.attention.map(\.integration) == ["9-a"])
        #expect(output.attention.first?.reason.contains("this tick collects nothing") ?? false)
        // The bill of the day is read only with this tick, so the tick has to come again.
        let conclusion = Conclusion(.onDailyTick, output: output)
        #expect(conclusion.followUps == output.events)
        #expect(conclusion.settlement(attempt: 1) != .done)
        #expect(output.retryAfterSeconds ?? 0 > 0)

        github.change { $0.outage = nil }
        let second = try await tick()
        #expect(second.retryAfterSeconds == nil)
    }

    @Test("continues with the others if an integration cannot be decoded")
    func unreadableRecord() async throws {
        try await connect("9-b")
        try await store.put([1], for: try #require(StoreKey("integration/9-a")), if: .always)
        let output = try await tick()
        #expect(output.events.count == 3)
        #expect(output.attention.map(\.integration) == ["9-a"])
        // A retry would not help.
        #expect(output.retryAfterSeconds == nil)
    }

    @Test("fails if the store cannot report which days are final")
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

    @Test("leaves state changes to its host, and never overwrites a newer value")
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

    @Test("does not write an unchanged integration")
    func unchangedRecord() async throws {
        let id = try await connect()
        _ = try await tick()
        let before = try await store.entry(for: .integration(id))
        _ = try await tick()
        #expect(try await store.entry(for: .integration(id)) == before)
    }
}

/// A store that fails a number of times for one key.
struct FailingStore: StoreWrapper {
    let store: MemoryStore
    private let key: StoreKey
    private let left: Countdown

    init(_ store: MemoryStore, key: StoreKey, times: Int) {
        self.store = store
        self.key = key
        left = Countdown(times)
    }

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        // Credentials can be read, but not written.
        if !key.description.hasPrefix("credentials/") { try fail(key) }
        return try await store.entry(for: key)
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try fail(key)
        return try await store.put(value, for: key, if: condition, until: expiry)
    }

    private func fail(_ key: StoreKey) throws(Failure) {
        if key == self.key, left.isRunning() {
            throw Failure(.unavailable, "the store is busy")
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
