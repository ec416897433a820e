import Domain
import GitHubSimulator
import SystemClock
import TestSupport
import Testing

/// Defects that can be read in public collectors of these reports, each with what keeps it out of
/// this one; the programs are the built ones, and GitHub is behind real sockets.
@Suite("A defect known from other collectors, kept out", .timeLimit(.minutes(5)))
struct FieldLessonTests {
    /// What was there to see after a calm tick over four days; several lessons look at one.
    struct Sight: Sendable {
        let tick: Collected
        let days: ClosedRange<Day>
        let requests: [RequestRecord]
        let violations: [String]
        let samples: [String: [OpenMetricsText.Line]]
        let written: [Source: [Row]]
        let truth: [Source: [Row]]
        /// The users files of the first organization's newest day.
        let files: [[UInt8]]
    }

    static let calm = Task<Sight, any Error> {
        let yesterday = Stage.yesterday
        return try await Stage.with(users: 24) { configuration, _ in
            // Teams have names as well, which are not their slugs.
            configuration.faults = [Fault(on: [.download], source: .userTeams, .always, naming)]
        } _: { stage in
            try await stage.connect()
            let days = yesterday.advanced(by: -3)...yesterday
            let tick = try await stage.tick(
                "--from", days.lowerBound.description, "--to", days.upperBound.description)
            let world = stage.github.world
            let acme = try #require(world.organization("acme"))
            var (written, truth): ([Source: [Row]], [Source: [Row]]) = ([:], [:])
            for source in Source.reports {
                written[source] = try stage.written([source], yesterday)
                truth[source] = try stage.truth(source, yesterday)
            }
            return Sight(
                tick: tick, days: days, requests: stage.github.requests,
                violations: stage.github.violations,
                samples: try stage.samples().mapValues(\.lines),
                written: written, truth: truth,
                files: world.files(
                    .users, of: acme, day: yesterday, at: SystemClock().now()))
        }
    }

    private static let naming = Fault.Effect.rewritesRecords { record in
        var record = record
        record["team_name"] = .string("The \(record["slug"]?.text ?? "") team")
        record["name"] = record["team_name"]
        return [record]
    }

    // The users of every file are there.
    @Test("Only the first download link is read")
    func firstFileOnly() async throws {
        let sight = try await Self.calm.value
        #expect(sight.files.count == 3)
        #expect(sight.tick.result(.users)?["shards"] == .integer(3))
        let rows = sight.written[.users, default: []]
        let written = Set(rows.compactMap { $0.labels["user_login"] })
        for file in sight.files {
            let rows = try Oracle.rows(of: file, .users, organization: "acme")
            let users = Set(rows.compactMap { $0.labels["user_login"] })
            #expect(!users.isEmpty && users.isSubset(of: written))
        }
        #expect(sight.written == sight.truth)
    }

    // A link is all that it sees.
    @Test("Token sent to the download host")
    func tokenToReportHost() async throws {
        let sight = try await Self.calm.value
        let downloads = sight.requests.filter { $0.operation == .download }
        #expect(downloads.count >= 2 * 4 * 2 * 3)
        #expect(downloads.allSatisfy { $0.credential == .signedLink && $0.status == 200 })
        #expect(sight.violations.isEmpty)
    }

    // GitHub takes every question.
    @Test("Wrong query name `date=`")
    func queryName() async throws {
        let sight = try await Self.calm.value
        let reports: Set<GitHubOperation?> = [
            .organizationReport, .usersReport, .userTeamsReport,
        ]
        let asked = sight.requests.filter { reports.contains($0.operation) }
        #expect(asked.count == 2 * 4 * 3)
        // Any query but `day` is answered 422 and is a violation.
        #expect(asked.allSatisfy { $0.status == 200 })
        #expect(sight.violations.isEmpty)
    }

    // The report's slug is the label.
    @Test("Team *name* used as slug")
    func teamSlug() async throws {
        let sight = try await Self.calm.value
        let rows = sight.written[.userTeams, default: []]
        let slugs = Set(rows.compactMap { $0.labels["team_slug"] })
        #expect(!slugs.isEmpty)
        #expect(slugs.allSatisfy { !$0.contains(" ") })
        #expect(sight.written[.userTeams] == sight.truth[.userTeams])
        // Nothing is looked up by a team, whatever it is called.
        #expect(sight.requests.allSatisfy { $0.operation != nil && !$0.path.contains("/teams") })
    }

    // Each sample is at 23:59:59 UTC of its day, however late it is read.
    @Test("Report-day time lost")
    func reportDay() async throws {
        let sight = try await Self.calm.value
        #expect(sight.samples.count == 2 * 4)
        for day in sight.days {
            for organization in ["acme", "acme-2"] {
                let lines = try #require(sight.samples["\(organization)/\(day)"])
                #expect(!lines.isEmpty)
                #expect(lines.allSatisfy { $0.seconds == Int64(day.number) * 86_400 + 86_399 })
            }
        }
    }
}
