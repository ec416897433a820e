import Console
import Domain
import FileStore
import InMemory
import Ports
import Runner
import SampleIndex
import TestSupport
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How long a page of the local runner takes, and how large it is.
struct PageFigures: Codable {
    /// The longest times and the largest size that a page may have.
    struct Limits {
        var seconds: Double
        var stateSeconds = 0.05
        var byteCount = 150 << 10
    }

    var organizations: Int
    var days: Int
    var page: String
    /// The first view, which reads files that changed.
    var firstSeconds: Double
    /// Further views; all times are those of a core, which what else runs does not change.
    var seconds: [Double]
    var byteCount: Int
    /// How long a reading of the state takes while the page is viewed again and again, the slowest of
    /// a hundred: a collection waits as long for each of its six.
    var stateSeconds: Double

    /// What users were promised.
    var limits: Limits { Limits(seconds: organizations > 100 ? 0.3 : 0.1) }

    /// Whether the page is as fast and as small as it should be.
    var isWithinLimits: Bool {
        seconds.median <= limits.seconds && byteCount <= limits.byteCount
            && stateSeconds <= limits.stateSeconds
    }

    private static let userCount = 2_000
    /// So many of them are in the table of people with all its numbers, the others only with lines.
    private static let busyUserCount = 200
    private static let newest = Day(number: 20_731)  // 2026-10-05, the newest day of `bench fill`.

    /// Measures pages over a file store and files of samples that are made and removed.
    static func measured(organizations: Int, days: Int, runs: Int) async throws -> [PageFigures] {
        try await withTemporaryFolder { folder in
            let state = "\(folder)/state"
            _ = try await Benchmarks.output(
                of: [
                    "/usr/bin/env", "eatmydata", ProcessStatus.program(), "fill", state,
                    "\(organizations)", "\(days)",
                ])
            let clock = ManualClock(
                Timestamp(startOf: newest.advanced(by: 1)).advanced(by: .seconds(6 * 3_600)))
            let store = try FileStore(folder: state, clock: clock)
            try await name(organizations, in: store)
            try writeSamples("\(folder)/metrics", organizations, days)
            let bus = MemoryBus(clock: clock)
            let site = ConsoleSite(
                ConsoleSite.Sources(
                    store: store, bus: bus, clock: clock, gitHub: "https://github.com",
                    series: SampleIndex(folder: "\(folder)/metrics", isWriting: true),
                    people: PeopleIndex(folder: "\(folder)/metrics", isWriting: true),
                    problems: {
                        await HealthReader(store: store, bus: bus, clock: clock).health().problems
                    },
                    nextTick: { $0.advanced(by: .seconds(3_600)) }))
            var figures: [PageFigures] = []
            for (path, query) in pages(days) {
                var times: [Double] = []
                var byteCount = 0
                for _ in 0...runs {
                    var watch = Stopwatch()
                    let answer = await watch.count {
                        await site.answer(ConsoleRequest(path, query: query))
                    }
                    guard let answer, answer.status == 200 else {
                        throw Benchmarks.Problem(
                            description: "\(path) answers \(answer?.status ?? 0)")
                    }
                    times.append(watch.coreSeconds)
                    byteCount = answer.body.count
                }
                let words = query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                figures.append(
                    PageFigures(
                        organizations: organizations, days: days,
                        page: ([path] + words).joined(separator: " "), firstSeconds: times[0],
                        seconds: Array(times.dropFirst()), byteCount: byteCount,
                        stateSeconds: try await stateSeconds(
                            store, while: { await site.answer(ConsoleRequest(path, query: query)) }
                        )))
            }
            return figures
        }
    }

    /// How long a reading of the state takes at most, of a hundred, while a page is viewed.
    private static func stateSeconds(
        _ store: FileStore, while view: @escaping @Sendable () async -> ConsoleResponse?
    ) async throws -> Double {
        let viewing = Task {
            while !Task.isCancelled { _ = await view() }
        }
        defer { viewing.cancel() }
        guard let key = try await store.allKeys(prefix: StoreKey.integrationPrefix).first else {
            return 0
        }
        var times: [Double] = []
        for _ in 0..<1_000 {
            var watch = Stopwatch()
            watch.start()
            _ = try await store.entry(for: key)
            watch.stop()
            times.append(watch.seconds)
        }
        return times.sorted()[times.count * 99 / 100]
    }

    private static func pages(_ days: Int) -> [(String, [String: String])] {
        let period = ["days": days > 30 ? "90" : "30"]
        return [
            ("/", [:]), ("/", period), ("/organizations/org-0", period),
            ("/organizations/org-0/charts/models", period),
            ("/organizations/org-0/days/\(newest)", [:]),
            ("/metrics/github_copilot_billing_net_amount", period), ("/events", [:]),
            ("/collect", [:]), ("/api/organizations", [:]),
        ]
    }

    /// Lists the organizations of the integration, as a tick does.
    private static func name(_ organizations: Int, in store: FileStore) async throws {
        for key in try await store.allKeys(prefix: StoreKey.integrationPrefix) {
            guard let entry = try await store.entry(for: key) else { continue }
            var integration = try JSON.decode(Integration.self, from: entry.value, at: key)
            integration.list(
                (0..<organizations).compactMap { number in
                    OrganizationLogin("org-\(number)").map {
                        Installation(
                            id: InstallationID(Int64(number + 1)), organizationID: Int64(number),
                            organization: $0, permissions: [:])
                    }
                })
            try await store.put(JSON.encode(integration), for: key, if: .always)
        }
    }

    /// Writes the files of one organization, which all others share.
    private static func writeSamples(
        _ folder: String, _ organizations: Int, _ days: Int
    ) throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: "\(folder)/org-0", withIntermediateDirectories: true)
        for age in 0..<days {
            let day = newest.advanced(by: -age)
            try Data(text(of: day).utf8).write(to: URL(filePath: "\(folder)/org-0/\(day).om"))
        }
        for number in 1..<organizations {
            try files.createSymbolicLink(
                atPath: "\(folder)/org-\(number)", withDestinationPath: "\(folder)/org-0")
        }
    }

    private static func text(of day: Day) -> String {
        let second = Timestamp(endOf: day).seconds
        var lines: [String] = []
        for metric in Catalogue.metrics {
            lines += ["# HELP \(metric.name) \(metric.help)", "# TYPE \(metric.name) gauge"]
            let isOfUsers = metric.name.hasPrefix("github_copilot_user_")
            let people = PeopleMetric(rawValue: metric.name)
            guard !isOfUsers || people != nil else { continue }
            let users = people == .linesAdded ? userCount : busyUserCount
            let series = metric.labels.reduce(
                isOfUsers ? (0..<users).map { "user_login=\"user-\($0)\"," } : [""]
            ) { all, label in
                let values = isOfUsers ? 3 : 5
                return all.flatMap { one in
                    (1...values).map { "\(one)\(label)=\"\(label)-\($0)\"," }
                }
            }
            for (number, labels) in series.enumerated() {
                let value = (number * 37 + day.number * 11) % 97
                lines.append(
                    "\(metric.name){\(labels)organization=\"org-0\"} \(value) \(second)")
            }
        }
        return (lines + ["# EOF", ""]).joined(separator: "\n")
    }
}

extension Figures {
    var pageText: String {
        let pages = pages ?? []
        guard !pages.isEmpty else { return "" }
        var table = TextTable([
            "ms of a core", "limit", "first", "KiB", "ms of the state", "organizations", "days",
            "page",
        ])
        for page in pages {
            table.add([
                (page.seconds.median * 1_000).tenths, (page.limits.seconds * 1_000).grouped,
                (page.firstSeconds * 1_000).grouped, (Double(page.byteCount) / 1_024).tenths,
                (page.stateSeconds * 1_000).tenths,
                page.organizations.grouped, page.days.grouped, page.page,
            ])
        }
        return """
            PAGES of the local runner, store and samples in files; the first view reads new files,
            and reading the state beside further views takes the time of the state, of 100 the slowest
            \(table.text)
            """
    }

    /// Sees to it that pages are as fast and as small as they should be.
    ///
    /// - Throws: `Problem` naming those that are not.
    func checkPages() throws {
        let late = (pages ?? []).filter { !$0.isWithinLimits }
        guard !late.isEmpty else { return }
        throw Benchmarks.Problem(
            description: "too slow or too large: "
                + late.map { "\($0.page) with \($0.organizations) organizations" }
                .joined(separator: "; "))
    }
}
