import CollectedDays
import Console
import Domain
import InMemory
import OpenMetrics
import Ports
import Runner
import SampleIndex
import TestSupport
import Testing
import Toolbox
import Worker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A state with organizations, days and samples, and the pages over it.
struct Office {
    static let newest = Day(number: 20_561)
    static let now = Timestamp(startOf: newest).advanced(by: .seconds(86_400 + 7 * 3_600))

    let folder: String
    let clock = ManualClock(Office.now)
    let store: MemoryStore
    let bus: MemoryBus
    var hasSamples = true
    var identity = UserIdentity.full
    var checks: LatestDiagnosis?

    init(_ folder: String) {
        self.folder = folder
        store = MemoryStore(clock: clock)
        bus = MemoryBus(clock: clock)
    }

    /// Pages as the local runner serves them.
    func site(journal: [JournalEntry] = [], problems: [Problem] = []) -> ConsoleSite {
        ConsoleSite(
            ConsoleSite.Sources(
                store: store, bus: bus, clock: clock, gitHub: "https://github.com",
                series: hasSamples ? SampleIndex(folder: folder, isWriting: true) : nil,
                people: hasSamples ? PeopleIndex(folder: folder, isWriting: true) : nil,
                identity: identity, checks: checks,
                problems: { [bus, clock] in
                    let queued = (try? await bus.queued()) ?? []
                    return problems + QueueProblems.found(in: queued, at: clock.now())
                }, journal: { journal },
                nextTick: { $0.advanced(by: .seconds(3_600)) }))
    }

    static func login(_ text: String) throws -> OrganizationLogin {
        try #require(OrganizationLogin(text))
    }

    /// Connects organizations, the first with installation 1.
    func connect(_ organizations: [String]) async throws {
        let integration = Integration(
            id: try #require(IntegrationID("1001-demo")), name: "demo",
            tags: SampleTags(application: "copilot"), user: GitHubUser(id: 1001, login: "ola"),
            authorizedAt: Self.now,
            organizations: try organizations.enumerated().map { place, name in
                Installation(
                    id: InstallationID(Int64(place + 1)), organizationID: Int64(place + 1),
                    organization: try Self.login(name), permissions: [:])
            })
        try await store.put(
            JSON.encode(integration), for: .integration(integration.id), if: .always)
    }

    /// Whether the summary of the days is kept with each manifest, as the collecting function does.
    var hasSummary = true

    /// Keeps the manifest of a day.
    func collect(
        _ name: String, _ installation: Int64, _ day: Day, isFinal: Bool = true,
        reason: String? = nil, _ change: (inout [Source: SourceResult]) -> Void = { _ in }
    ) async throws {
        let id = try #require(IntegrationID("1001-demo"))
        var sources: [Source: SourceResult] = [
            .organization: SourceResult(.written, samples: 61, records: 1),
            .users: SourceResult(.unchanged, samples: 400, records: 12),
            .billing: SourceResult(.notApplicable, reason: "read with the newest day only"),
        ]
        change(&sources)
        let manifest = Manifest(
            event: CollectEvent(
                integration: id, installation: InstallationID(installation),
                organization: try Self.login(name), day: day),
            sources: sources, final: isFinal, readAt: Self.now, reason: reason)
        let ledger = DayLedger(
            store: store, integration: id, installation: InstallationID(installation))
        if hasSummary { try await ledger.open(manifest, at: clock.now()) }
        try await store.put(
            JSON.encode(manifest),
            for: .manifest(id, InstallationID(installation), day), if: .always)
        if hasSummary, isFinal { try await store.keep(ledger.closing(manifest, at: clock.now())) }
    }

    /// Writes samples through the sink.
    func write(
        _ name: String, _ day: Day, _ source: Source,
        _ samples: [(metric: String, labels: [(Label, String)], value: Double)]
    ) async throws {
        let scope = SampleScope(
            organization: try Self.login(name), day: day, source: source,
            tags: SampleTags(application: "copilot"))
        _ = try await OpenMetricsFiles(folder: folder).withWriter(for: scope) {
            writer throws(Failure) in
            var batch = SampleBatch(scope)
            for sample in samples {
                guard let metric = Catalogue.byName[sample.metric] else { continue }
                let labels = (sample.labels + [(.organization, name)]).sorted { $0.0 < $1.0 }
                for (label, value) in labels { batch.addLabel(label, value) }
                batch.add(metric, sample.value, head: batch.endBlock(), tail: .empty)
            }
            try await writer.write(batch)
        }
    }

    /// Writes a plausible month, made from a seed: workdays, gaps, all metrics of organizations.
    func writeMonth(_ name: String, _ days: ClosedRange<Day>, seed: UInt64 = 1) async throws {
        var numbers = SeededNumbers(seed)
        var bill = [0.0, 0.0]
        for day in days {
            if day.description.hasSuffix("-01") { bill = [0, 0] }
            let isWeekend = (day.number + 3) % 7 >= 5
            // One day in twelve is missing.
            if numbers.next() % 12 == 0 { continue }
            var samples: [(metric: String, labels: [(Label, String)], value: Double)] = []
            for metric in Catalogue.metrics where metric.source == .organization {
                for labels in Self.labels(metric) where numbers.next() % 8 != 0 {
                    let value = Double(numbers.next() % (isWeekend ? 12 : 120))
                    samples.append((metric.name, labels, value))
                }
            }
            try await write(name, day, .organization, samples)
            bill[0] += 19
            bill[1] += Double(numbers.next() % 900) / 100
            try await write(
                name, day, .billing,
                zip(["copilot_for_business", "copilot_premium_request"], bill).map { sku, amount in
                    (
                        "github_copilot_billing_net_amount", [(.sku, sku), (.unitType, "units")],
                        amount
                    )
                })
        }
    }

    /// Writes the days of people, made from a seed: each has an editor, and habits of their own.
    func writePeople(
        _ name: String, _ days: ClosedRange<Day>, count: Int, seed: UInt64 = 1
    ) async throws {
        var numbers = SeededNumbers(seed)
        let editors = ["vscode", "jetbrains", "visualstudio", "neovim"]
        let features = ["code_completion", "chat_panel_agent_mode", "chat_panel_ask_mode"]
        let metrics = PeopleMetric.allCases
        for day in days where (day.number + 3) % 7 < 5 {
            var samples: [(metric: String, labels: [(Label, String)], value: Double)] = []
            for person in 1...count where numbers.next() % UInt64(count) > UInt64(person / 2) {
                let user: [(Label, String)] = [
                    (.userID, "\(1_000_000 + person)"), (.userLogin, "developer-\(person)"),
                ]
                for metric in metrics {
                    let own: [(Label, String)] =
                        switch metric.label {
                        case "ide": [(.ide, editors[person % editors.count])]
                        case "feature": [(.feature, features[person % features.count])]
                        default: []
                        }
                    samples.append(
                        (metric.rawValue, user + own, Double(numbers.next() % UInt64(person + 20))))
                }
            }
            try await write(name, day, .users, samples)
        }
    }

    private static func labels(_ metric: Metric) -> [[(Label, String)]] {
        metric.labels.reduce([[]]) { all, label in
            let values =
                label == .feature
                ? ["code_completion", "chat_panel_agent_mode", "agent_edit"]
                : (1...7).map { "\(label)-\($0)" }
            return all.flatMap { one in values.map { one + [(label, $0)] } }
        }
    }
}

/// Numbers that are the same each time: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
struct SeededNumbers {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }
}

extension ConsoleSite {
    /// Answers, and checks what every page promises.
    func page(
        _ path: String, _ query: [String: String] = [:], status: Int = 200
    ) async throws -> String {
        let answer = try #require(await answer(ConsoleRequest(path, query: query)), "\(path)")
        #expect(answer.status == status, "\(path)")
        return String(decoding: answer.body, as: UTF8.self)
    }
}
