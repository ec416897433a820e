import Deployment
import Domain
import GitHubSimulator
import TestSupport
import Testing

/// Who is found, and who asks GitHub.
extension FieldLessonTests {
    // 250 more organizations are found, each once.
    @Test("Installations list not paged")
    func installationPages() async throws {
        try await Stage.with { configuration, world in
            Scenario.named("many-installations")?.apply(to: &world, &configuration)
        } _: { stage in
            try await stage.connect()
            let day = Stage.yesterday
            let outcome = try await stage.function(
                "onDailyTick", #"{"from":"\#(day)","to":"\#(day)"}"#, with: ["EVENT_BUS": nil])
            #expect(outcome.status == 0)
            let found = (try json(outcome.output)["events"]?.elements ?? [])
                .compactMap { $0["data"]?["organization"]?.text }
            #expect(found.count == 252)
            #expect(Set(found) == Set(stage.github.world.organizations.map(\.login)))
        }
    }

    // The last of 100, 101 and 1,000 has a name.
    @Test("Seats or members not paged, or capped")
    func memberPages() async throws {
        let counts = [100, 101, 1_000]
        try await Stage.with(organizations: 3) { _, world in
            for (index, count) in counts.enumerated() {
                let known = world.organizations[index].members
                let others = (0..<count - known.count).map { number in
                    OrganizationMember(
                        id: Int64(5_000_000 + number), login: "filler-\(number)", hasSeat: false)
                }
                // Whoever is in the reports comes last in the list.
                world.organizations[index].members = others + known
            }
        } _: { stage in
            try await stage.connect()
            #expect(try await stage.tick(on: Stage.yesterday).status == 0)
            #expect(stage.github.requests.count { $0.operation == .members } == 1 + 2 + 10)
            for organization in stage.github.world.organizations {
                let login = organization.login
                let written = try stage.written([.users], of: login, Stage.yesterday)
                #expect(written == (try stage.truth(.users, of: login, Stage.yesterday)))
                let named = Set(written.filter { $0.labels["user_name"] != nil })
                #expect(!named.isEmpty)
            }
        }
    }

    // Who looks at the runner asks GitHub nothing.
    @Test("API called at each Prometheus scrape")
    func scrapes() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            #expect(try await stage.tick(on: Stage.yesterday).status == 0)
            // The runner's own tick gets no further than to be told so.
            stage.github.revokeAuthorization(of: Person.owner.login)
            let before = stage.github.requests.count
            try await ChildProcess.withRunning(
                BuiltProgram.local, ["run", "--port", String(stage.port)],
                environment: stage.environment, in: stage.folder
            ) { runner in
                let home = "http://127.0.0.1:\(stage.port)"
                try await runner.wait(for: "its page") {
                    (try? await Stage.get("\(home)/healthz"))?.status == 200
                }
                for _ in 0..<3 {
                    #expect(try await Stage.get("\(home)/metrics").status == 200)
                    #expect(try await Stage.get("\(home)/").status == 200)
                }
                let asked = stage.github.requests.dropFirst(before).map(\.operation)
                #expect(asked.allSatisfy { $0 == .userInstallations || $0 == .refreshToken })
                runner.terminate()
                try await runner.waitForEnd()
            }
        }
    }
}
