import Domain
import GitHubSimulator
import TestSupport
import Testing

/// What reports can look like, and must not be taken for.
extension FieldLessonTests {
    // No rows from a report that has some is a failure.
    @Test("Body read twice → silently nothing")
    func nothingFromSomething() async throws {
        let otherDay = Fault.Effect.rewritesRecords { record in
            [record.merging(["day": .string("2020-01-01")]) { $1 }]
        }
        try await Stage.with(users: 24) { configuration, _ in
            configuration.faults = [
                Fault(on: [.download], organization: "acme", source: .users, .always, otherDay)
            ]
        } _: { stage in
            try await stage.connect()
            let tick = try await stage.tick(on: Stage.yesterday)
            #expect(tick.status == 1)
            #expect(tick.outcome(.users) == .failed)
            #expect(tick.reason(.users).contains("the report has no usable records"))
            #expect(tick.outcome(.users, "acme-2") == .written)
            #expect(try stage.written([.users], Stage.yesterday).isEmpty)
        }
    }

    // The day is not ready, and is there once it is published.
    @Test("204 → crash or parse error")
    func noContent() async throws {
        try await Stage.with { _, world in
            world.publication.append(PublicationRule(.withheld))
        } _: { stage in
            try await stage.connect()
            let early = try await stage.tick(on: Stage.yesterday)
            #expect(early.status == 0)
            #expect(stage.github.requests.count { $0.status == 204 } == 2 * 3)
            for source in Source.reports {
                #expect(early.outcome(source) == .notReady)
                #expect(!early.reason(source).isEmpty)
            }
            stage.github.update { $0.publication.removeLast() }
            let late = try await stage.tick(on: Stage.yesterday)
            #expect(late.status == 0)
            for source in Source.reports { #expect(late.outcome(source) == .written) }
        }
    }

    // Each way to say nothing is not ready.
    @Test(#"`""` or string body → parse failure"#)
    func emptyAnswers() async throws {
        func text(_ body: String) -> Fault.Effect {
            .answers(
                SimulatedResponse(
                    200, fields: ["content-type": "application/json"], body: Array(body.utf8)))
        }
        let answers: [(String, GitHubOperation, Fault.Effect)] = [
            ("acme", .organizationReport, text("")), ("acme", .usersReport, text("\"\"")),
            ("acme", .userTeamsReport, text("\"No report available\"")),
            ("acme-2", .organizationReport, text(#"{"download_links":[]}"#)),
            ("acme-2", .usersReport, text(#"{"download_links":null}"#)),
            ("acme-2", .userTeamsReport, .answers(.refusal(404, "Not Found"))),
        ]
        try await Stage.with { configuration, _ in
            configuration.faults = answers.map { organization, operation, effect in
                Fault(on: [operation], organization: organization, .always, effect)
            }
        } _: { stage in
            try await stage.connect()
            let tick = try await stage.tick(on: Stage.yesterday)
            #expect(tick.status == 0)
            for organization in ["acme", "acme-2"] {
                for source in Source.reports {
                    #expect(tick.outcome(source, organization) == .notReady)
                }
                #expect(tick.outcome(.billing, organization) == .written)
            }
        }
    }

    // A number and a text join alike.
    @Test("`user_id` typed as string only")
    func identifierTypes() async throws {
        let texts = Fault.Effect.rewritesRecords { record in
            guard case .integer(let id)? = record["user_id"], id % 2 == 0 else { return [record] }
            return [record.merging(["user_id": .string(String(id))]) { $1 }]
        }
        try await Stage.with(users: 24) { configuration, _ in
            configuration.faults = [Fault(on: [.download], source: .users, .always, texts)]
        } _: { stage in
            try await stage.connect()
            #expect(try await stage.tick(on: Stage.yesterday).status == 0)
            let users = try stage.written([.users], Stage.yesterday)
            #expect(users == (try stage.truth(.users, Stage.yesterday, after: texts)))
            let ids = Set(users.compactMap { $0.labels["user_id"] })
            #expect(ids.contains { (Int($0) ?? 1) % 2 == 0 })
            #expect(ids.contains { (Int($0) ?? 0) % 2 == 1 })
            // The join over teams meets the same people.
            let inTeams = try stage.written([.userTeams], Stage.yesterday)
                .compactMap { $0.labels["user_id"] }
            #expect(ids.isSubset(of: inTeams))
        }
    }

    // A restated one takes the place of what was written.
    @Test("A stored day is never read again")
    func restatement() async throws {
        try await Stage.with(users: 24) { stage in
            try await stage.connect()
            let sources: [Source] = [.organization, .users]
            let first = try await stage.tick(on: Stage.yesterday)
            let before = try stage.written(sources, Stage.yesterday)
            stage.github.update { $0.publication.append(PublicationRule(.revised(after: .zero))) }
            let second = try await stage.tick(on: Stage.yesterday)
            let after = try stage.written(sources, Stage.yesterday)
            let third = try await stage.tick(on: Stage.yesterday)
            for source in sources {
                #expect(first.outcome(source) == .written)
                #expect(second.outcome(source) == .restated)
                #expect(third.outcome(source) == .unchanged)
            }
            #expect(second.outcome(.userTeams) == .unchanged)
            #expect(before != after)
            #expect(
                after == (try sources.flatMap { try stage.truth($0, Stage.yesterday) }.sorted()))
        }
    }

    // Its place is named, nothing of the report is passed off.
    @Test("Bad NDJSON line dropped with a warning or a count")
    func badLine() async throws {
        let half = Array("{\"day\":\"20\n".utf8)
        try await Stage.with(users: 24) { configuration, _ in
            configuration.faults = [
                Fault(
                    on: [.download], organization: "acme", source: .users, .first(1),
                    .appends(half))
            ]
        } _: { stage in
            try await stage.connect()
            let spoiled = try await stage.tick(on: Stage.yesterday)
            #expect(spoiled.status == 1)
            #expect(spoiled.outcome(.users) == .failed)
            // Which file meets the fault is whichever is asked for first: they are read at once.
            let reason = spoiled.reason(.users)
            #expect(reason.hasPrefix("file "), "\(reason)")
            #expect(reason.contains(" of the report cannot be read at line "), "\(reason)")
            #expect(try stage.written([.users], Stage.yesterday).isEmpty)
            #expect(spoiled.outcome(.organization) == .written)
            #expect(spoiled.outcome(.userTeams) == .written)

            let whole = try await stage.tick(on: Stage.yesterday)
            #expect(whole.status == 0)
            #expect(
                try stage.written([.users], Stage.yesterday)
                    == stage.truth(.users, Stage.yesterday))
        }
    }

    // Lines of 16.7 MB in a report of 100 MB are read whole.
    @Test("Line or size limit hit (10 MB line, 16 MB line, 64 MiB report)")
    func longLines() async throws {
        try await Stage.with(users: 8, organizations: 1) { configuration, _ in
            let long = Fault.Effect.lengthens(by: 16_700_000, lines: 3)
            configuration.faults = [Fault(on: [.download], source: .users, .always, long)]
        } _: { stage in
            try await stage.connect()
            let tick = try await stage.tick(on: Stage.yesterday)
            #expect(tick.status == 0, "\(tick.report)")
            let truth = try stage.truth(.users, Stage.yesterday)
            #expect(Set(truth.compactMap { $0.labels["user_id"] }).count >= 4)
            #expect(tick.result(.users)?["shards"] == .integer(2))
            #expect(try stage.written([.users], Stage.yesterday) == truth)
        }
    }
}
