import Authorization
import CollectedDays
import Domain
import Fakes
import FileStore
import FunctionInterface
import GitHub
import InMemory
import OnDailyTick
import OpenSSLCrypto
import Ports
import TestSupport
import Toolbox

/// What a daily tick over many organizations costs, apart from GitHub's own time.
struct TickFigures: Codable {
    var organizations: Int
    /// How many past days of each organization are in the store, closed but for the last two.
    var days: Int
    /// The days that the tick wants collected.
    var events = 0
    var seconds: [Double] = []

    /// The past days of each organization that `bench` keeps.
    static let dayCount = 5

    /// Measures ticks on a file store that is made and removed.
    static func measured(organizations: Int, days: Int, runs: Int) async throws -> TickFigures {
        try await withTemporaryFolder { folder in
            let state = "\(folder)/state"
            // Nobody needs a store that is being made up to survive a crash, so it is not flushed.
            _ = try await Benchmarks.output(
                of: [
                    "/usr/bin/env", "eatmydata", ProcessStatus.program(), "fill", state,
                    "\(organizations)", "\(days)",
                ])
            let clock = ManualClock(try Self.moment)
            let store = try FileStore(folder: state, clock: clock)
            let world = TickWorld(organizations: organizations)
            var figures = TickFigures(organizations: organizations, days: days)
            let tick = try world.tick(store: store, clock: clock)
            for _ in 0..<runs {
                var watch = Stopwatch()
                let output = try await watch.count { try await tick.run(DailyTick.Event()) }
                figures.events = output.events.count
                figures.seconds.append(watch.seconds)
            }
            return figures
        }
    }

    /// Runs ticks on a store in memory, for a tool that counts instructions.
    static func runInMemory(organizations: Int, ticks: Int) async throws {
        let clock = ManualClock(try Self.moment)
        let store = MemoryStore(clock: clock)
        let world = TickWorld(organizations: organizations)
        try await world.connect(in: store, clock)
        try await world.keepManifests(of: dayCount, in: store, at: clock.now())
        let tick = try world.tick(store: store, clock: clock)
        for _ in 0..<ticks { _ = try await tick.run(DailyTick.Event()) }
    }

    /// Fills a store with the past days of organizations.
    static func fill(_ folder: String, organizations: Int, days: Int) async throws {
        let clock = ManualClock(try Self.moment)
        let store = try FileStore(folder: folder, clock: clock)
        let world = TickWorld(organizations: organizations)
        try await world.connect(in: store, clock)
        try await world.keepManifests(of: days, in: store, at: clock.now())
    }

    private static var moment: Timestamp {
        get throws(Failure) {
            guard let moment = Timestamp("2026-10-06T06:00:00Z") else {
                throw Failure(.misconfigured, "no moment")
            }
            return moment
        }
    }
}

/// A GitHub that answers at once: one person who owns many organizations.
private struct TickWorld: Sendable {
    private static let pageCount = 100
    private static let integration = "9-copilot"

    let organizations: Int

    func connect(in store: any KeyValueStore, _ clock: ManualClock) async throws {
        let id = try Self.id
        let tokens = UserTokens(
            access: Secret("ghu_bench"), accessExpires: clock.now().advanced(by: .seconds(28_800)),
            refresh: Secret("ghr_bench"))
        try await store.put(
            Credentials.seal(tokens, of: id, in: OpenVault()), for: .credentials(id), if: .always)
        let integration = Integration(
            id: id, name: Self.integration, tags: SampleTags(application: "copilot"),
            user: GitHubUser(id: 9, login: "ada"), authorizedAt: clock.now(), organizations: [])
        try await store.put(JSON.encode(integration), for: .integration(id), if: .always)
    }

    func keepManifests(of days: Int, in store: any KeyValueStore, at now: Timestamp) async throws {
        let id = try Self.id
        let today = Day(containing: now)
        for number in 0..<organizations {
            guard let organization = OrganizationLogin("org-\(number)") else { continue }
            let installation = InstallationID(Int64(number + 1))
            var known = KnownDays(today: today)
            for age in stride(from: 1, through: days, by: 1) {
                let event = CollectEvent(
                    integration: id, installation: installation, organization: organization,
                    day: today.advanced(by: -age))
                let source = SourceResult(
                    .written, samples: 1_000, digest: String(repeating: "0", count: 32))
                let manifest = Manifest(
                    event: event,
                    sources: Dictionary(uniqueKeysWithValues: Source.allCases.map { ($0, source) }),
                    final: age > 2, readAt: now)
                try await store.put(
                    JSON.encode(manifest),
                    for: .manifest(id, installation, event.day), if: .always)
                known.note(
                    event.day, isFinal: manifest.final, state: manifest.state, today: today)
            }
            try await store.put(
                JSON.encode(known), for: .knownDays(id, installation), if: .always)
        }
    }

    func tick(store: any KeyValueStore, clock: ManualClock) throws(Failure) -> DailyTick {
        try DailyTick(
            store: store, vault: OpenVault(), clock: clock, github: try client(clock: clock),
            authorizeURL: "http://127.0.0.1/authorize")
    }

    private func client(clock: ManualClock) throws(Failure) -> GitHubClient {
        GitHubClient(
            endpoints: try GitHubEndpoints(),
            app: GitHubApp(
                id: "1", clientID: "Iv1.bench", clientSecret: Secret("s"), slug: "bench"),
            signer: Unused(),
            transport: ScriptedTransport { request throws(Failure) in answer(request.url) },
            hashing: OpenSSLHashing(), clock: clock, time: ManualTime(moving: clock),
            entropy: SeededEntropy(seed: 1))
    }

    private func answer(_ url: String) -> HTTPClientResponse {
        guard url.contains("/user/installations") else {
            return HTTPClientResponse(
                status: 200, bytes: Array(#"{"state":"active","role":"admin"}"#.utf8))
        }
        // "…/user/installations?per_page=100&page=2"
        let words = url.split(separator: "&page=")
        let page = words.count == 2 ? Int(words[1]) ?? 1 : 1
        let first = (page - 1) * Self.pageCount
        let last = min(first + Self.pageCount, organizations)
        let items = (first..<last).map { number in
            #"{"id":\#(number + 1),"target_type":"Organization","account":{"id":\#(900_000 + number),"#
                + #""login":"org-\#(number)","type":"Organization"},"permissions":{"members":"read","#
                + #""organization_copilot_metrics":"read","organization_administration":"read"},"#
                + #""suspended_at":null}"#
        }
        var fields: [String: String] = [:]
        if last < organizations {
            fields["link"] =
                "<https://api.github.com/user/installations?per_page=100&page=\(page + 1)>; rel=\"next\""
        }
        return HTTPClientResponse(
            status: 200, fields: fields,
            bytes: Array(#"{"installations":[\#(items.joined(separator: ","))]}"#.utf8))
    }

    private static var id: IntegrationID {
        get throws(Failure) {
            guard let id = IntegrationID(integration) else {
                throw Failure(.misconfigured, "no integration")
            }
            return id
        }
    }

    private struct Unused: AppSigner {
        func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
            throw Failure(.misconfigured, "nobody asks in the App's name here")
        }
    }
}
