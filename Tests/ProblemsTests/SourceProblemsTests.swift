import Domain
import Problems
import Testing

@Suite("The problems of an organization's sources")
struct SourceProblemsTests {
    let now = ProblemListTests.start

    private func manifest(
        _ day: String, _ outcome: Outcome, reason: String? = "why", bill: Outcome = .notBilledHere
    ) throws -> Manifest {
        let event = CollectEvent(
            integration: try #require(IntegrationID("1-x")), installation: InstallationID(5),
            organization: try #require(OrganizationLogin("acme")), day: try #require(Day(day)))
        return Manifest(
            event: event,
            sources: [
                .users: SourceResult(outcome, reason: reason),
                .billing: SourceResult(bill, reason: "an enterprise pays"),
            ], final: false, readAt: now)
    }

    private func fold(_ days: [(String, Outcome)]) throws -> [Problem] {
        try days.reduce(into: []) { problems, day in
            problems = SourceProblems.updating(
                problems, by: try manifest(day.0, day.1, reason: "on \(day.0)"), at: now)
        }
    }

    @Test("are the faults, and nothing else", arguments: Outcome.allCases)
    func faults(outcome: Outcome) throws {
        let found = try fold([("2026-11-21", outcome)])
        #expect(found.count == (outcome.isFault ? 1 : 0))
        #expect(
            found.first?.kind == (outcome.isFault ? outcome == .rejected ? .backend : .source : nil)
        )
    }

    @Test(
        "are the same in whatever order the days are collected",
        arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2]])
    func order(places: [Int]) throws {
        let days = [
            ("2026-11-19", Outcome.failed), ("2026-11-20", .written), ("2026-11-21", .failed),
        ]
        let found = try fold(places.map { days[$0] })
        #expect(
            found.flatMap { $0.days ?? [] }.map(\.description) == ["2026-11-19", "2026-11-21"])
    }

    @Test("speak of the newest day")
    func newest() throws {
        let found = try fold([("2026-11-21", .policyOff), ("2026-11-19", .failed)])
        #expect(found.map(\.text) == ["on 2026-11-21"])
        #expect(found.first?.outcome == "policy-off")
        #expect(
            found.first?.remedy?.contains("--from 2026-11-19 --to 2026-11-21") == true,
            "\(found)")
    }

    @Test("do not ask to collect a bill again, which GitHub only returns as it is now")
    func bill() throws {
        let found = SourceProblems.updating(
            [], by: try manifest("2026-11-21", .written, bill: .noPermission), at: now)
        #expect(found.map(\.source) == ["billing"])
        #expect(found.first?.remedy?.contains("the next tick reads the bill") == true)
        #expect(found.first?.remedy?.contains("--from") == false)
    }

    @Test("end with their last day")
    func ends() throws {
        #expect(try fold([("2026-11-21", .failed), ("2026-11-21", .written)]).isEmpty)
        let left = try fold([
            ("2026-11-20", .failed), ("2026-11-21", .failed), ("2026-11-21", .written),
        ])
        #expect(left.first?.days?.map(\.description) == ["2026-11-20"])
    }

    @Test("outlast a day that cannot be read any more, until a newer day comes out well")
    func past() throws {
        let past = [("2026-11-20", Outcome.failed), ("2026-11-20", .notApplicable)]
        for (next, days) in [
            ([], ["2026-11-20"]),
            ([("2026-11-19", Outcome.unchanged), ("2026-11-21", .notReady)], ["2026-11-20"]),
            ([("2026-11-21", .failed)], ["2026-11-21"]),
            ([("2026-11-21", .written)], []),
            ([("2026-11-20", .written)], ["2026-11-20"]),
        ] {
            let found = try fold(past + next)
            #expect(found.flatMap { $0.days ?? [] }.map(\.description) == days, "\(next)")
        }
        let two = try fold([("2026-11-19", .failed)] + past)
        #expect(two.flatMap { $0.days ?? [] }.map(\.description) == ["2026-11-19"])
    }

    @Test("do not list days that ticks no longer look at")
    func old() throws {
        #expect(try fold([("2026-10-01", .failed)]).isEmpty)
        let known = try fold([("2026-10-26", .failed)])
        #expect(known.count == 1)
        let later = now.advanced(by: .seconds(5 * 86_400))
        let next = SourceProblems.updating(
            known, by: try manifest("2026-11-25", .written), at: later)
        #expect(next.isEmpty)
    }
}
