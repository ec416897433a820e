import Domain
import GitHubSimulator
import Testing

/// The content of generated reports.
@Suite("The generated world", .timeLimit(.minutes(5)))
struct GeneratedWorldTests {
    private static let world = RunningSimulator.world()
    private static let late = Timestamp(startOf: RunningSimulator.lastDay.advanced(by: 9))

    private static let records = Dictionary(
        uniqueKeysWithValues: Source.reports.map { ($0, records($0, of: world)) })

    /// Every record of a report, over all organizations and days.
    private static func records(_ source: Source, of world: World) -> [JSONValue] {
        world.organizations.flatMap { organization in
            (RunningSimulator.firstDay...RunningSimulator.lastDay).flatMap { day in
                world.files(source, of: organization, day: day, at: late).flatMap(NDJSON.lines)
            }
        }
    }

    @Test(
        "has a value for every metric of a report",
        arguments: Catalogue.metrics.filter { Source.reports.contains($0.source) })
    func coverage(metric: Metric) throws {
        let records = Self.records[metric.source] ?? []
        guard !metric.path.isEmpty else {
            #expect(!records.isEmpty)
            return
        }
        let path = metric.path.split(separator: ".").map(String.init)
        let holders = records.flatMap { Path.holders(of: path, in: $0) }
        let values = holders.filter { Path.number($0[path.last ?? ""]) != nil }
        #expect(!values.isEmpty, "\(metric.path)")
        for label in metric.labels {
            #expect(values.allSatisfy { $0[label.field] != nil }, "\(label) beside \(metric.path)")
        }
    }

    @Test("is the same for the same seed, byte for byte", arguments: Source.reports)
    func determinism(source: Source) {
        let again = RunningSimulator.world()
        let other = World.generated(
            organizations: 2, users: 12, seed: 8, firstDay: RunningSimulator.firstDay,
            lastDay: RunningSimulator.lastDay)
        func bytes(_ world: World) -> [[UInt8]] {
            world.files(
                source, of: world.organizations[0], day: RunningSimulator.lastDay, at: Self.late)
        }
        let first = bytes(Self.world)
        #expect(!first.isEmpty)
        // Compared outside of #expect, which would print a difference byte by byte.
        let isSame = bytes(again) == first
        let isOther = bytes(other) != first
        #expect(isSame && isOther)
    }

    @Test("writes one compact record per line")
    func compactness() throws {
        for source in Source.reports {
            let files = Self.world.files(
                source, of: Self.world.organizations[0], day: RunningSimulator.lastDay,
                at: Self.late)
            for file in files {
                let text = String(decoding: file, as: UTF8.self)
                #expect(text.isEmpty || text.hasSuffix("}\n"))
                #expect(!text.contains("\": ") && !text.contains(", \""))
            }
        }
    }

    @Test("has organization totals that are the sums of the users' totals")
    func totals() throws {
        for organization in Self.world.organizations {
            for day in RunningSimulator.firstDay...RunningSimulator.lastDay {
                let users = Self.world.files(.users, of: organization, day: day, at: Self.late)
                    .flatMap(NDJSON.lines)
                let summary = try #require(
                    Self.world.files(.organization, of: organization, day: day, at: Self.late)
                        .flatMap(NDJSON.lines).first)
                #expect(summary["daily_active_users"] == .integer(Int64(users.count)))
                for name in ["code_generation_activity_count", "loc_added_sum"] {
                    let sum = users.compactMap { Path.number($0[name]) }.reduce(0, +)
                    #expect(Path.number(summary[name]) == sum)
                }
                let daily = try #require(Path.number(summary["daily_active_users"]))
                let weekly = try #require(Path.number(summary["weekly_active_users"]))
                let monthly = try #require(Path.number(summary["monthly_active_users"]))
                #expect(daily <= weekly && weekly <= monthly && monthly <= 12)
            }
        }
    }

    @Test("contains the irregularities of real reports")
    func habits() throws {
        let users = Self.records[.users] ?? []
        let summaries = Self.records[.organization] ?? []
        // Breakdowns are smaller than the totals, and some users have none.
        let gaps = summaries.filter { summary in
            guard case .array(let rows)? = summary["totals_by_ide"] else { return false }
            let sum = rows.compactMap { Path.number($0["loc_added_sum"]) }.reduce(0, +)
            return sum < Path.number(summary["loc_added_sum"]) ?? 0
        }
        #expect(!gaps.isEmpty)
        #expect(users.contains { $0["totals_by_feature"] == .array([]) })
        #expect(users.contains { $0["totals_by_cli"] == nil })
        #expect(
            users.contains {
                $0["totals_by_cli"]?["token_usage"]?["avg_tokens_per_request"] == .null
            })
        let medians = summaries.compactMap { summary -> Bool? in
            guard let section = summary["pull_requests"] else { return nil }
            return section["median_minutes_to_merge_copilot_authored"] == nil
        }
        #expect(Set(medians) == [true, false])
        #expect(summaries.contains { $0["pull_requests"] == nil })
        #expect(summaries.contains { $0["enterprise_id"] == .null })
        #expect(summaries.contains { $0["enterprise_id"] == nil })
        #expect(users.allSatisfy { $0["user_id"] != nil && $0["ai_credits_used"] != nil })
        let orders = Set(
            Self.world.organizations.flatMap { organization in
                (RunningSimulator.firstDay...RunningSimulator.lastDay).flatMap { day in
                    Self.world.files(.users, of: organization, day: day, at: Self.late)
                        .flatMap { $0.split(separator: UInt8(ascii: "\n")) }
                        .map { String(decoding: $0.prefix(16), as: UTF8.self) }
                }
            })
        #expect(orders.count > 3)
        let names = Self.world.organizations.flatMap(\.members).map(\.name)
        #expect(names.contains(nil) && names.contains(""))
        #expect(names.contains { $0?.utf8.count != $0?.count })
    }

    @Test("has people in several teams and omits teams with fewer than five seats")
    func teams() throws {
        let records = Self.records[.userTeams] ?? []
        #expect(!records.contains { $0["slug"]?.text == "founders" })
        var teams: [JSONValue?: Set<JSONValue?>] = [:]
        for record in records { teams[record["user_id"], default: []].insert(record["team_id"]) }
        #expect(teams.values.contains { $0.count > 1 })
    }

    @Test("can omit user IDs")
    func missingIDs() throws {
        var world = Self.world
        world.updateAll { organization in
            guard case .generated(var history) = organization.history else { return }
            history.usersWithoutIDPerMille = 500
            organization.history = .generated(history)
        }
        let users = Self.records(.users, of: world)
        #expect(users.contains { $0["user_id"] == nil })
        #expect(users.contains { $0["user_id"] != nil })
    }

    @Test("has people who are members of several organizations")
    func sharedPeople() {
        let ids = Self.world.organizations.map { Set($0.members.map(\.id)) }
        // The owner, the plain member and every fifth of the staff.
        #expect(ids[0].intersection(ids[1]).count == 5)
    }
}
