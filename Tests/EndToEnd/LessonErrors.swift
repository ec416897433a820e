import Domain
import GitHubSimulator
import TestSupport
import Testing

/// What GitHub refuses or cannot do, and must not be taken for an empty day.
extension FieldLessonTests {
    private static let down = Fault.Effect.answers(
        .refusal(503, "Not Found: no report available for this day"))

    // The status decides, whatever the words, and it is retried.
    @Test(
        #"502/503 counted as "no data", not retried; classes decided by substrings of message text"#
    )
    func serverErrors() async throws {
        try await Stage.with { configuration, _ in
            configuration.faults = [
                Fault(on: [.usersReport], organization: "acme", .first(2), Self.down),
                Fault(on: [.userTeamsReport], organization: "acme", .always, Self.down),
            ]
        } _: { stage in
            try await stage.connect()
            let tick = try await stage.tick(on: Stage.yesterday)
            #expect(tick.outcome(.users) == .written)
            #expect(tick.outcome(.userTeams) == .failed)
            #expect(tick.status == 1)
            let refused = stage.github.requests.filter { $0.status == 503 }
            #expect(refused.count { $0.operation == .usersReport } == 2)
            #expect(refused.count { $0.operation == .userTeamsReport } > 1)
        }
    }

    // A new one is asked for, at most once for each file.
    @Test("Expired link (403 from the blob host) not renewed")
    func expiredLinks() async throws {
        let expired = Fault.Effect.answers(
            .storageRefusal(403, code: "AuthenticationFailed", message: "Signature not valid."))
        try await Stage.with(users: 24) { configuration, _ in
            configuration.faults = [
                Fault(on: [.download], source: .users, .firstOfEach(1), expired),
                Fault(on: [.download], source: .userTeams, .always, expired),
            ]
        } _: { stage in
            try await stage.connect()
            let tick = try await stage.tick(
                on: Stage.yesterday, "--organization", "acme")
            #expect(tick.outcome(.users) == .written)
            #expect(
                try stage.written([.users], Stage.yesterday)
                    == stage.truth(.users, Stage.yesterday))
            let requests = stage.github.requests
            // Files that find their links expired at the same time share the new ones.
            let askedCount = requests.count { $0.operation == .usersReport }
            #expect((1 + 1...1 + 3).contains(askedCount), "\(askedCount)")
            // A link that is refused again and again is a failure, and no endless loop.
            #expect(tick.outcome(.userTeams) == .failed)
            #expect(tick.reason(.userTeams).contains("expired"))
            #expect(requests.count { $0.operation == .userTeamsReport } == 2)
        }
    }

    // Whatever is refused, nobody calls it a success.
    @Test(#"HTTP error → empty list → "success""#)
    func emptyList() async throws {
        try await Stage.with(organizations: 1) { stage in
            try await stage.connect()
            let refused: [(GitHubOperation, Source?)] = [
                (.userInstallations, nil), (.installationToken, nil), (.members, .members),
                (.usersReport, .users), (.download, .organization), (.billingSummary, .billing),
            ]
            // Each on a day of its own; the bill is only read with the newest, which comes last.
            for (ago, (operation, source)) in zip((0..<refused.count).reversed(), refused) {
                let day = Stage.yesterday.advanced(by: -ago)
                stage.github.strike(
                    with: [Fault(on: [operation], .always, .answers(.refusal(500, "Oops")))])
                let tick = try await stage.tick(on: day)
                #expect(tick.status == 1, "\(operation)")
                if let source {
                    #expect(tick.outcome(source, "acme", day) == .failed, "\(operation)")
                    #expect(!tick.reason(source, "acme", day).isEmpty)
                } else {
                    #expect(tick.manifests.isEmpty)
                    #expect(!(tick.skipped + tick.attention).isEmpty, "\(operation)")
                }
            }
        }
    }

    // Each tick fails and says where to go.
    @Test("401 swallowed in a loop while the process looks healthy")
    func revoked() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            stage.github.revokeAuthorization(of: Person.owner.login)
            for _ in 0..<2 {
                let tick = try await stage.tick(on: Stage.yesterday)
                #expect(tick.status == 1)
                let reason = tick.attention.first?["reason"]?.text ?? ""
                #expect(reason.contains("http://127.0.0.1:\(stage.port)/authorize"), "\(reason)")
            }
            try await stage.connect()
            let tick = try await stage.tick(on: Stage.yesterday)
            #expect(tick.status == 0)
            #expect(tick.outcome(.users) == .written)
        }
    }

    // Each has a manifest, and says its own.
    @Test("One bad org stops the others, or hides behind them")
    func badOrganization() async throws {
        try await Stage.with(organizations: 3) { configuration, _ in
            configuration.faults = [
                Fault(
                    on: [.installationToken], organization: "acme", .always,
                    .answers(.refusal(404, "Not Found"))),
                Fault(
                    on: [.usersReport], organization: "acme-2", .always,
                    .answers(.refusal(403, "Must have admin rights"))),
            ]
        } _: { stage in
            try await stage.connect()
            let tick = try await stage.tick(on: Stage.yesterday)
            #expect(tick.status == 1)
            #expect(Set(tick.outcomes("acme").values) == [.failed])
            #expect(tick.manifest("acme")?["reason"]?.text?.contains("install") == true)
            #expect(tick.outcome(.users, "acme-2") == .noPermission)
            #expect(tick.outcome(.organization, "acme-2") == .written)
            #expect(Set(tick.outcomes("acme-3").values) == [.written])
        }
    }

    // The status is 1, and nothing claims success.
    @Test(#"Total failure exits 0 and says "completed successfully""#)
    func totalFailure() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            stage.github.strike(with: [Fault(on: Self.allSources, .always, Self.down)])
            let tick = try await stage.tick(on: Stage.yesterday)
            #expect(tick.status == 1)
            for organization in ["acme", "acme-2"] {
                for source in Source.reports + [.billing] {
                    #expect(tick.outcome(source, organization) == .failed)
                }
            }
            stage.github.strike(with: [Fault(.always, Self.down)])
            let dark = try await stage.local("tick", "--quiet")
            #expect(dark.status == 1)
            #expect(dark.output.contains("unavailable"), "\(dark.output)")
            #expect(!dark.output.contains("written"))
            #expect(try stage.samples().isEmpty)
        }
    }

    private static let allSources: Set<GitHubOperation> = [
        .organizationReport, .usersReport, .userTeamsReport, .billingSummary, .members,
    ]
}
