import Domain
import Fakes
import GitHub
import InMemory
import Ports
import Synchronization
import Testing
import Toolbox

@testable import Runner

@Suite("A diagnosis", .timeLimit(.minutes(5)))
struct DoctorTests {
    @Test("runs every check, finds no problem and changes nothing")
    func well() async throws {
        let bench = try DoctorBench()
        try await bench.connect()
        let before = try await bench.store.entries()
        let sent = Mutex<[Timestamp]>([])
        let diagnosis = await bench.diagnosis(
            backends: [
                DoctorChecks.Backend(name: "remote-write:here") { time throws(Failure) in
                    sent.withLock { $0.append(time) }
                    return Delivery(accepted: 1)
                }
            ],
            readBack: DoctorChecks.ReadBack(name: "QUERY_URL") { time throws(Failure) in
                sent.withLock { $0.contains(time) }
            })
        #expect(diagnosis.checks.filter { $0.outcome != .ok }.isEmpty)
        // There is no enterprise whose bill could be checked.
        let others = Set(Check.Name.allCases).subtracting([.billingToken, .enterpriseBill])
        #expect(Set(diagnosis.checks.map(\.name)) == others)
        #expect(!diagnosis.isFault)
        #expect(try await bench.store.entries() == before)
        #expect(sent.withLock { $0 } == [try #require(Timestamp("2026-11-21T23:59:59Z"))])
    }

    @Test("prints no secrets and no signed addresses")
    func secrets() async throws {
        let bench = try DoctorBench { request throws(Failure) in
            request.url.contains("sig=") ? .refusal(404, "ghs_doctor sig=planted") : nil
        }
        try await bench.connect()
        let diagnosis = await bench.diagnosis()
        #expect(try diagnosis.check(.reportHost).outcome == .problem)
        let printed =
            String(decoding: JSON.encode(diagnosis), as: UTF8.self)
            + DiagnosisText.lines(diagnosis, .plain).joined()
        for secret in ["ghu_", "ghr_", "ghs_", "sig=", "app-secret", "ada@"] {
            #expect(!printed.contains(secret), "\(secret) was printed")
        }
    }

    @Test(
        "compares clocks to the second",
        arguments: [
            (0, .ok), (30, .ok), (-30, .ok), (31, .warning), (-32, .warning), (60, .warning),
            (61, .problem), (-62, .problem), (3_600, .problem),
        ] as [(Int64, Check.Outcome)])
    func clock(lead: Int64, outcome: Check.Outcome) async throws {
        let bench = try DoctorBench(lead: lead)
        let check = try await bench.diagnosis().check(.clock)
        #expect(check.outcome == outcome, "\(check.seen)")
        if outcome != .ok { #expect(check.seen.contains(lead > 0 ? "ahead" : "behind")) }
    }

    @Test("blames the clock, not the key, when either can explain a refused token")
    func clockBeforeKey() async throws {
        let refuse: DoctorBench.Answer = { request throws(Failure) in
            request.url.hasSuffix("/app") ? .refusal(401, "'Expiration time' is too far") : nil
        }
        let late = try DoctorBench(lead: 600, answer: refuse)
        try await late.connect()
        let diagnosis = await late.diagnosis()
        #expect(diagnosis.names(.problem) == [.clock])
        #expect(try diagnosis.check(.appKey).seen == "needs clock")
        #expect(try diagnosis.check(.token).seen == "needs app-key")

        let key = try await DoctorBench(answer: refuse).diagnosis().check(.appKey)
        #expect(key.outcome == .problem)
        #expect(key.fix?.contains("GITHUB_APP_PRIVATE_KEY") == true)
    }

    @Test(
        "names the App of the key, and the variable that names another",
        arguments: [
            ("Iv1.other", "copilot-usage", Check.Outcome.problem, "GITHUB_APP_CLIENT_ID to Iv1.ex"),
            ("Iv1.example", "other", .problem, "GITHUB_APP_SLUG to copilot-usage"),
            ("Iv1.example", "", .warning, "GITHUB_APP_SLUG to copilot-usage"),
        ])
    func otherApp(
        clientID: String, slug: String, outcome: Check.Outcome, fix: String
    ) async throws {
        let bench = try DoctorBench(clientID: clientID, slug: slug)
        let check = try await bench.diagnosis().check(.appKey)
        #expect(check.outcome == outcome)
        #expect(check.seen.contains("copilot-usage (42)"))
        #expect(check.fix?.contains(fix) == true, "\(check)")
    }

    @Test("stops asking a GitHub that does not respond, and still checks the backends")
    func unreachable() async throws {
        let bench = try DoctorBench { _ throws(Failure) in
            throw Failure(.unavailable, "no connection")
        }
        try await bench.connect()
        let diagnosis = await bench.diagnosis(backends: [
            DoctorChecks.Backend(name: "b") { _ throws(Failure) in Delivery(accepted: 1) }
        ])
        #expect(diagnosis.names(.problem) == [.gitHub])
        #expect(try diagnosis.check(.gitHub).fix?.contains("GITHUB_API_URL") == true)
        #expect(
            diagnosis.names(.skipped) == [
                .clock, .appKey, .authorization, .installation, .permissions, .token, .report,
                .billing, .members, .reportHost,
            ])
        #expect(try diagnosis.check(.backend).outcome == .ok)
        #expect(Set(bench.paths) == ["https://api.github.com/app"])
    }

    @Test("does not renew a working token, and names the address to authorize at otherwise")
    func authorization() async throws {
        let refresh: DoctorBench.Answer = { request throws(Failure) in
            request.url.hasSuffix("/login/oauth/access_token")
                ? .json(#"{"error":"bad_refresh_token"}"#) : nil
        }
        let fresh = try DoctorBench(answer: refresh)
        try await fresh.connect()
        #expect(try await fresh.diagnosis().check(.authorization).outcome == .ok)
        #expect(!fresh.paths.contains { $0.contains("/login/") })

        let dead = try DoctorBench(answer: refresh)
        try await dead.connect(expires: .seconds(60))
        let diagnosis = await dead.diagnosis()
        let check = try diagnosis.check(.authorization)
        #expect(check.outcome == .problem && check.about == "1001-copilot")
        #expect(check.fix?.contains("https://usage.example/authorize") == true)
        // The organization is known from before, so it is named as left out.
        #expect(try diagnosis.check(.report).about == "acme")
        #expect(try diagnosis.check(.installation).seen == "needs authorization")
    }

    @Test("reports that no one has authorized, and where to do it")
    func nobody() async throws {
        let diagnosis = try await DoctorBench().diagnosis()
        let check = try diagnosis.check(.authorization)
        #expect(check.outcome == .problem)
        #expect(check.fix?.contains("https://usage.example/authorize") == true)
        #expect(diagnosis.isFault)
    }

    @Test("names the stored tokens that no key opens")
    func wrongKey() async throws {
        struct OtherVault: Vault {
            func seal(_ secret: Secret, for place: StoreKey) -> [UInt8] { [1, 2, 3] }
            func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret {
                throw Failure(.unreadableState, "not used")
            }
        }
        let bench = try DoctorBench()
        try await bench.connect(sealedBy: OtherVault())
        let diagnosis = await bench.diagnosis()
        let check = try diagnosis.check(.encryptionKey)
        #expect(check.outcome == .problem && check.seen.contains("1001-copilot"))
        #expect(check.fix?.contains("STATE_ENCRYPTION_KEYS") == true)
    }

    @Test(
        "names each entry that cannot be read, damaged or in another form, and what to do",
        arguments: [
            "days/1001-copilot/555", "manifest/1001-copilot/555/2026-11-21", "integration/9-other",
        ])
    func damagedEntry(name: String) async throws {
        let key = try #require(StoreKey(name))
        for isForm in [false, true] {
            let bench = try DoctorBench()
            try await bench.connect()
            let whole = try await bench.diagnosis().check(.storedEntries)
            #expect(whole.outcome == .ok, "\(whole)")
            try await bench.store.put(Array(#"{"version": 1}"#.utf8), for: key, if: .always)
            let damaged = DamagedStore(bench.store, isForm ? [] : [key])
            let check = try await bench.diagnosis(store: damaged).check(.storedEntries)
            // A summary of days says nothing of days that it does not hold.
            guard !isForm || !name.hasPrefix("days/") else { continue }
            #expect(check.outcome == .problem && check.seen.contains(name), "\(check)")
            #expect(check.fix?.contains("authorize again") == true)
        }
    }

    @Test("detects a store that loses entries, or lets the last writer win")
    func badStore() async throws {
        let bench = try DoctorBench()
        for fault in LyingStore.Fault.allCases {
            let lying = LyingStore(store: bench.store, fault: fault)
            let check = try await bench.diagnosis(store: lying).check(.stateStore)
            #expect(check.outcome == .problem, "\(fault)")
        }
    }

    @Test("names a requested organization that no authorization reaches")
    func unreached() async throws {
        let bench = try DoctorBench()
        try await bench.connect()
        let name = try #require(OrganizationLogin("elsewhere"))
        let diagnosis = await bench.diagnosis(organizations: [name])
        let check = try diagnosis.check(.installation)
        #expect(check.outcome == .problem && check.about == "elsewhere")
        #expect(check.fix?.contains("/apps/copilot-usage/installations/new") == true)
    }

    @Test("prints a table with fixes, and JSON")
    func text() async throws {
        let diagnosis = try await DoctorBench().diagnosis(warnings: [
            "FOO is not a variable of this program"
        ])
        let lines = DiagnosisText.lines(diagnosis, .plain)
        #expect(lines.first == "CHECK           OF  RESULT   FINDING")
        #expect(lines.contains("settings            warning  complete, with warnings"))
        #expect(lines.contains("    FOO is not a variable of this program"))
        #expect(lines.last == "7 ok, 1 warning, 1 problem, 7 skipped")
        let json = try JSON.decode(JSONValue.self, from: JSON.encode(diagnosis), at: "diagnosis")
        guard case .array(let checks)? = json["checks"] else {
            Issue.record("no checks in \(json)")
            return
        }
        #expect(checks.first?["name"]?.text == "settings")
        #expect(checks.first?["outcome"]?.text == "warning")
        #expect(checks.first?["fix"]?.text == "FOO is not a variable of this program")
        #expect(checks.count == diagnosis.checks.count)
    }

    @Test("reports unreadable settings with the messages of a command's start")
    func settings() throws {
        let diagnosis = Diagnosis.unreadable(
            Failure(.misconfigured, "GITHUB_APP_ID must be a number\nSTATE_STORE is not set"))
        let check = try diagnosis.check(.settings)
        #expect(check.outcome == .problem && check.seen == "2 settings are wrong")
        #expect(check.fix == "GITHUB_APP_ID must be a number; STATE_STORE is not set")
        #expect(diagnosis.names(.skipped).count == Check.Name.allCases.count - 1)
    }
}

/// A store with a fault of its own.
private struct LyingStore: StoreWrapper {
    enum Fault: CaseIterable { case forgets, overwrites, keeps }

    let store: MemoryStore
    let fault: Fault

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        fault == .forgets ? nil : try await store.entry(for: key)
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try await store.put(
            value, for: key, if: fault == .overwrites ? .always : condition, until: expiry)
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        if fault != .keeps { try await store.remove(key, if: condition) }
    }
}

extension KeyValueStore {
    /// Everything there is.
    fileprivate func entries() async throws(Failure) -> [StoreKey: StoreEntry] {
        var entries: [StoreKey: StoreEntry] = [:]
        for key in try await allKeys(prefix: "") { entries[key] = try await entry(for: key) }
        return entries
    }
}
