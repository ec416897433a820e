import Domain
import GitHubSimulator
import Ports
import Testing

/// A world that serves recorded reports.
@Suite("A recorded world", .timeLimit(.minutes(5)))
struct RecordedWorldTests {
    /// The recordings in the simulator's source folder.
    static let directory =
        #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        + "/local/GitHubSimulator/Recorded/octodemo"

    @Test("contains the recorded days and their users as members")
    func contents() throws {
        let world = try World.recorded(directory: Self.directory)
        let organization = try #require(world.organization("octodemo"))
        #expect(organization.id == 100_000_001)
        #expect(organization.members.contains { $0.login == "alicechen" && $0.id == 6 })
        #expect(organization.isBilledElsewhere)
        let moment = Timestamp(startOf: Day(number: 20_600))
        var counts: [Source: Int] = [:]
        for number in 20_541...20_561 {  // 2026-03-29 to 2026-04-18
            for source in Source.reports {
                let files = world.files(
                    source, of: organization, day: Day(number: number), at: moment)
                counts[source, default: 0] += files.flatMap(NDJSON.lines).count
            }
        }
        #expect(counts == [.organization: 21, .users: 79, .userTeams: 0])
    }

    @Test("can be combined with a generated world")
    func combined() async throws {
        var world = RunningSimulator.world()
        world.add(try .recorded(directory: Self.directory))
        #expect(world.people.count == 3)
        try await RunningSimulator.run(world: world) { simulator in
            let token = try await simulator.userToken()
            let list = try await simulator.get("/user/installations", token: token)
            #expect(list.json?["total_count"] == .integer(3))
            let id = try #require(world.organization("octodemo")?.installation?.id)
            let path = "/orgs/octodemo/copilot/metrics/reports/users-1-day?day=2026-04-09"
            let envelope = try await simulator.get(
                path, token: try await simulator.installationToken(id))
            let link = try #require(try SimulatedReportTests.links(envelope).first)
            #expect(NDJSON.lines(try await simulator.fetch(link).bytes).count == 5)
        }
    }

    @Test("is part of the program, byte for byte")
    func embedded() throws {
        let (files, program) = (try World.recorded(directory: Self.directory), try World.recorded())
        let (read, held) = (try Self.octodemo(files), try Self.octodemo(program))
        #expect(read.id == held.id && read.members == held.members)
        for number in 20_541...20_561 {
            let (day, moment) = (Day(number: number), Timestamp(startOf: Day(number: 20_600)))
            for source in Source.reports {
                #expect(
                    files.files(source, of: read, day: day, at: moment)
                        == program.files(source, of: held, day: day, at: moment))
            }
        }
    }

    @Test(
        "moves its dates by whole weeks to other days",
        arguments: [
            // Days after the recorded ones, and before them.
            ("2026-11-27", 224), ("2026-04-19", 7), ("2026-04-25", 7), ("2026-03-28", -21),
            ("2026-04-18", 0), ("2026-03-29", 0),
        ])
    func moved(lastDay: String, distance: Int) throws {
        let day = try #require(Day(lastDay))
        let world = try World.recorded(lastDay: day)
        let organization = try Self.octodemo(world)
        let original = try World.recorded()
        let moment = Timestamp(startOf: day.advanced(by: 60))
        for source in [Source.organization, .users] {
            let bytes = world.files(source, of: organization, day: day, at: moment)
            let before = original.files(
                source, of: try Self.octodemo(original), day: day.advanced(by: -distance),
                at: moment)
            let lines = bytes.flatMap(NDJSON.lines)
            #expect(!lines.isEmpty && lines.count == before.flatMap(NDJSON.lines).count)
            #expect(lines.allSatisfy { $0["day"]?.text == lastDay })
            #expect(bytes.map(\.count) == before.map(\.count))
        }
    }

    private static func octodemo(_ world: World) throws -> SimulatedOrganization {
        try #require(world.organization("octodemo"))
    }

    @Test("throws if there are no recordings")
    func nothing() {
        let failure = #expect(throws: Failure.self) { try World.recorded(directory: "/nowhere") }
        #expect(failure?.code == .notFound)
    }
}
