import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnCollectOrg
import Ports
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("onCollectOrg")
struct CollectOrgTests {
    static let organization =
        #"{"day":"2026-11-21","daily_active_users":2,"totals_by_ide":[{"ide":"vim","loc_added_sum":5}]}"#
    static let ada =
        #"{"day":"2026-11-21","user_id":1,"user_login":"ada","loc_added_sum":3}"# + "\n"
    static let bo =
        #"{"day":"2026-11-21","user_id":2,"user_login":"bo","loc_added_sum":2}"# + "\n"
    static let team =
        #"{"day":"2026-11-21","user_id":1,"user_login":"ada","team_id":7,"slug":"core"}"#
    static let bill = #"""
        {"usageItems":[{"product":"Copilot","sku":"copilot_for_business","unitType":"user-months",
        "pricePerUnit":19,"grossQuantity":12.4,"grossAmount":235.6,"discountQuantity":0,
        "discountAmount":0,"netQuantity":12.4,"netAmount":235.6}]}
        """#

    let clock: ManualClock
    let store: MemoryStore
    let sink = RecordingSink()
    let github: ScriptedGitHub
    let event: CollectEvent

    init() throws {
        clock = ManualClock(try #require(Timestamp("2026-11-22T06:00:00Z")))
        store = MemoryStore(clock: clock)
        var answers = ScriptedGitHub.Answers()
        answers.files = [
            .organization: [Self.organization], .users: [Self.ada, Self.bo],
            .userTeams: [Self.team],
        ]
        answers.billing = (200, Self.bill)
        answers.members = (
            200,
            ScriptedGitHub.members([
                #"{"databaseId":1,"login":"ada","name":"Ada L","organizationVerifiedDomainEmails":["ada@acme.example"]}"#
            ])
        )
        github = ScriptedGitHub(answers)
        event = CollectEvent(
            integration: try #require(IntegrationID("9-copilot")),
            installation: InstallationID(555),
            organization: try #require(OrganizationLogin("acme")),
            day: try #require(Day("2026-11-21")))
    }

    func function(_ identity: UserIdentity = .full) throws -> CollectOrg {
        CollectOrg(
            settings: CollectOrg.Settings(
                identity: identity, tags: SampleTags(application: "copilot")),
            github: try github.client(clock: clock), store: store, sink: sink, vault: OpenVault(),
            entropy: SeededEntropy(seed: 2), hashing: NoHashing(), clock: clock)
    }

    func outcomes(_ manifest: Manifest) -> [Source: Outcome] {
        manifest.sources.mapValues(\.outcome)
    }

    @Test("writes and reports what GitHub returns")
    func writes() async throws {
        let manifest = try await function().run(event)
        #expect(
            outcomes(manifest) == [
                .organization: .written, .users: .written, .userTeams: .written,
                .billing: .written, .members: .written,
            ])
        #expect(manifest.sources.mapValues(\.samples)[.organization] == 2)
        #expect(manifest.samples == 2 + 2 + 1 + 7)
        #expect(manifest.samples == sink.rows.count)
        #expect(manifest.sources[.users]?.shards == 2)
        #expect(!manifest.final && !manifest.isFault && manifest.retryAfterSeconds == nil)
        #expect(sink.rows.allSatisfy { $0.timestamp.description == "2026-11-21T23:59:59Z" })

        let users = sink.rows.filter { $0.name == "github_copilot_user_loc_added_sum" }
        #expect(
            users.map(\.labels) == [
                [
                    .organization: "acme", .userLogin: "ada", .userID: "1", .userName: "Ada L",
                    .userEmail: "ada@acme.example",
                ],
                [.organization: "acme", .userLogin: "bo", .userID: "2"],
            ])
        let bill = sink.rows.first { $0.name == "github_copilot_billing_gross_quantity" }
        #expect(bill?.value == 12.4)
        #expect(
            bill?.labels == [
                .organization: "acme", .sku: "copilot_for_business", .unitType: "user-months",
            ])
    }

    @Test("sends nothing if nothing changed, and does not request members then")
    func unchanged() async throws {
        let first = try await function().run(event)
        let asked = github.paths.count
        let again = try await function().run(event)
        #expect(Set(outcomes(again).values) == [.unchanged])
        #expect(again.samples == first.samples)
        #expect(sink.writings.count == 4)
        #expect(!github.paths.dropFirst(asked).contains("/graphql"))
    }

    @Test("sends a source again if its content changed")
    func restated() async throws {
        _ = try await function().run(event)
        github.change { $0.files[.users] = [Self.ada.replacing(":3", with: ":4"), Self.bo] }
        let again = try await function().run(event)
        #expect(outcomes(again)[.users] == .restated)
        #expect(outcomes(again)[.organization] == .unchanged)
        let values = sink.rows.filter { $0.name == "github_copilot_user_loc_added_sum" }.map(
            \.value)
        #expect(values == [4, 2])
        let users = try #require(again.sources[.users])
        #expect(users.changes == SourceResult.Changes(changed: 1))
        #expect(users.notes?.first?.contains("1 sample changed") == true)
        #expect(again.sources[.organization]?.changes == nil)

        // A change is reported once. The next restatement is compared with the new state.
        let third = try await function().run(event)
        #expect(third.sources[.users]?.changes == nil && third.sources[.users]?.notes == nil)
        github.change { $0.files[.users] = [Self.ada.replacing(":3", with: ":4")] }
        let fourth = try await function().run(event)
        #expect(fourth.sources[.users]?.changes == SourceResult.Changes(changed: 0, removed: 1))
        #expect(fourth.sources[.users]?.notes?.first?.contains("still has") == true)
    }

    @Test("reports that it cannot count what a restatement changed")
    func uncounted() async throws {
        _ = try await function().run(event)
        let key = StoreKey.imprint(event.integration, event.installation, event.day, .users)
        try await store.put([1, 2, 3], for: key, if: .always)
        github.change { $0.files[.users] = [Self.ada, Self.bo.replacing(":2,", with: ":3,")] }
        let again = try await function().run(event)
        #expect(outcomes(again)[.users] == .restated)
        #expect(again.sources[.users]?.changes == nil)
        #expect(again.sources[.users]?.notes?.first?.contains("unknown") == true)
    }

    @Test(
        "sends a source again after an interrupted restatement, even if GitHub reverts it")
    func cutShort() async throws {
        _ = try await function().run(event)
        let before = Self.ada
        github.change { $0.files[.users] = [before.replacing(":3", with: ":4"), Self.bo] }
        sink.answer { scope in
            scope.source == .users ? .fail(Failure(.unavailable, "the line is dead")) : .take
        }
        #expect(try outcomes(await function().run(event))[.users] == .failed)
        github.change { $0.files[.users] = [before, Self.bo] }
        sink.answer { _ in .take }
        #expect(try outcomes(await function().run(event))[.users] == .written)
        #expect(sink.writings.count { $0.source == .users } == 2)
    }

    @Test("makes a day final when it is read three days later, and never reads it again")
    func final() async throws {
        _ = try await function().run(event)
        clock.set(try #require(Timestamp("2026-11-23T23:59:59Z")))
        #expect(try await function().run(event).final == false)
        clock.set(try #require(Timestamp("2026-11-24T00:00:00Z")))
        let closed = try await function().run(event)
        #expect(closed.final)
        #expect(outcomes(closed)[.billing] == .unchanged)
        let asked = github.paths.count
        #expect(try await function().run(event) == closed)
        #expect(github.paths.count == asked)
    }

    @Test("does not keep a refused bill as a fault of a day whose bill cannot be read any more")
    func refusedBill() async throws {
        github.change {
            $0.billing = (403, #"{"message":"Resource not accessible by integration"}"#)
        }
        let first = try await function().run(event)
        #expect(outcomes(first)[.billing] == .noPermission)
        #expect(first.isFault)

        github.change { $0.billing = (200, Self.bill) }
        clock.set(try #require(Timestamp("2026-11-23T06:00:00Z")))
        for _ in 0..<2 {
            let later = try await function().run(event)
            #expect(outcomes(later)[.billing] == .notApplicable)
            #expect(later.sources[.billing]?.reason?.contains("Administration: read") == true)
            #expect(!later.isFault)
        }
    }

    @Test("treats a late report as not ready, without affecting other sources")
    func notReady() async throws {
        github.change { $0.envelopes[.users] = (204, "") }
        let manifest = try await function().run(event)
        #expect(outcomes(manifest)[.users] == .notReady)
        #expect(outcomes(manifest)[.members] == .notReady)
        #expect(outcomes(manifest)[.organization] == .written)
        #expect(manifest.sources[.users]?.reason?.isEmpty == false)
        #expect(!manifest.isFault)

        github.change { $0.envelopes[.users] = nil }
        #expect(try outcomes(await function().run(event))[.users] == .written)
    }

    @Test("treats empty files as not ready, and keeps what was sent")
    func emptyFiles() async throws {
        _ = try await function().run(event)
        let sent = sink.rows.count
        github.change { $0.files[.users] = ["", ""] }
        let manifest = try await function().run(event)
        #expect(outcomes(manifest)[.users] == .notReady)
        #expect(manifest.sources[.users]?.reason?.contains("are still empty") == true)
        #expect(!manifest.isFault)
        #expect(sink.rows.count == sent)
    }

    @Test("keeps a late day open, however old it is")
    func lateIsOpen() async throws {
        github.change { $0.envelopes[.userTeams] = (204, "") }
        clock.set(try #require(Timestamp("2026-11-29T06:00:00Z")))
        let manifest = try await function().run(event)
        #expect(!manifest.final)
        #expect(outcomes(manifest)[.billing] == .notApplicable)
        #expect(manifest.sources[.userTeams]?.reason?.contains("no longer") == false)

        // The last tick that considers the day reports that it is the last.
        clock.set(try #require(Timestamp("2026-12-19T06:00:00Z")))
        let last = try await function().run(event)
        #expect(!last.final && outcomes(last)[.userTeams] == .notReady)
        #expect(last.sources[.userTeams]?.reason?.contains("did not arrive within 28 days") == true)
        #expect(last.next?.contains("ticks no longer read this day") == true)
    }

    @Test(
        "reports what happens to the day next",
        arguments: [
            ("2026-11-22T06:00:00Z", 200, "until 2026-11-24 at the earliest"),
            ("2026-11-24T06:00:00Z", 200, "final: every source is settled"),
            ("2026-11-24T06:00:00Z", 204, "every tick reads this day again until 2026-12-19"),
            ("2026-11-24T06:00:00Z", 403, "collect it with --from 2026-11-21 --to 2026-11-21"),
            ("2026-11-24T06:00:00Z", 503, "the event bus retries this day"),
        ])
    func next(now: String, status: Int, words: String) async throws {
        let message = #"{"message":"The 'Copilot usage metrics' policy must be enabled"}"#
        github.change { $0.envelopes[.userTeams] = status == 200 ? nil : (status, message) }
        clock.set(try #require(Timestamp(now)))
        let manifest = try await function().run(event)
        #expect(manifest.next?.contains(words) == true, "\(manifest.next ?? "")")
        let isLate = status == 204
        let saysSo = manifest.sources[.userTeams]?.reason?.contains("nothing to do") ?? false
        #expect(saysSo == isLate)
    }

    @Test("reads a final day again only if GitHub refused a report")
    func refusedThenGranted() async throws {
        let message = #"{"message":"Resource not accessible by integration"}"#
        github.change { $0.envelopes[.users] = (403, message) }
        clock.set(try #require(Timestamp("2026-11-25T06:00:00Z")))
        let refused = try await function().run(event)
        #expect(refused.final && refused.isRefused)
        github.change { $0.envelopes[.users] = nil }
        let granted = try await function().run(event)
        #expect(granted.final && !granted.isRefused)
        #expect(outcomes(granted)[.users] == .written)
        #expect(outcomes(granted)[.organization] == .unchanged)
        let asked = github.paths.count
        #expect(try await function().run(event) == granted)
        #expect(github.paths.count == asked)
    }

    @Test("sends nothing of a report that cannot be read completely")
    func broken() async throws {
        github.change { $0.files[.users] = [Self.ada, Self.bo + #"{"user_login":"cy","loc"#] }
        let manifest = try await function().run(event)
        #expect(outcomes(manifest)[.users] == .failed)
        let users = try #require(manifest.sources[.users])
        // The message counts the valid records and says that they were not sent.
        #expect(users.reason?.contains("file 2 of the report cannot be read at line 2") == true)
        #expect(users.reason?.contains("byte \(Self.bo.utf8.count)") == true)
        #expect(users.reason?.contains("2 other records in 2 files") == true)
        #expect(users.reason?.contains("Nothing of this report was sent") == true)
        #expect(users.records == 2 && users.shards == 2 && users.samples == 0)
        #expect(manifest.retryAfterSeconds == nil)
        #expect(manifest.isFault)
        #expect(!sink.rows.contains { $0.name.hasPrefix("github_copilot_user_loc") })
    }

    @Test("fails if a report contains no usable record")
    func useless() async throws {
        github.change {
            $0.files[.organization] = [#"{"day":"2026-11-20","daily_active_users":1}"#]
        }
        let manifest = try await function().run(event)
        #expect(outcomes(manifest)[.organization] == .failed)
    }

    @Test("renews links that expired, once")
    func expired() async throws {
        github.change { $0.expiredLinks = ["users-1-day-1"] }
        let manifest = try await function().run(event)
        #expect(outcomes(manifest)[.users] == .written)
        #expect(manifest.sources[.users]?.samples == 2)
        #expect(github.paths.count { $0.contains("/reports/users-1-day?") } == 2)

        github.change {
            $0.expiredLinks = ["user-teams-1-day-2", "user-teams-1-day-3"]
        }
        let again = try await function().run(event)
        #expect(outcomes(again)[.userTeams] == .failed && again.retryAfterSeconds != nil)
    }

    @Test("reports what the backend rejected, and sends it again next time")
    func rejected() async throws {
        sink.answer { scope in
            scope.source == .users
                ? .reject(reason: "too old") { $0.labels[.userLogin] == "bo" } : .take
        }
        let manifest = try await function().run(event)
        #expect(outcomes(manifest)[.users] == .rejected)
        #expect(manifest.sources[.users]?.samples == 1)
        #expect(manifest.sources[.users]?.reason?.contains("too old") == true)
        #expect(manifest.isFault)
        sink.answer { _ in .take }
        #expect(try outcomes(await function().run(event))[.users] == .written)
    }

    @Test("asks for another delivery if a source failed temporarily")
    func retry() async throws {
        sink.answer { scope in
            scope.source == .billing
                ? .fail(Failure(.rateLimited, "slow down", delay: .seconds(90))) : .take
        }
        let manifest = try await function().run(event)
        #expect(outcomes(manifest)[.billing] == .failed)
        #expect(manifest.retryAfterSeconds == 90)
    }

    @Test("does not begin a wait that would end after the deadline")
    func deadline() async throws {
        github.change { $0.envelopes[.users] = (503, "") }
        let function = try function()
        let (event, now) = (event, clock.now())
        let calm = try await function.run(event)
        #expect(outcomes(calm)[.users] == .failed)
        let asked = github.paths.count { $0.contains("/users-1-day?") }
        #expect(asked == 3)

        // There is time for one attempt at each source, but not for a wait.
        let hurried = try await Deadline.meeting(
            now.advanced(by: Deadline.reserve + .milliseconds(1))
        ) {
            () async throws(Failure) in try await function.run(event)
        }
        #expect(outcomes(hurried)[.users] == .failed && hurried.retryAfterSeconds == 5)
        #expect(github.paths.count { $0.contains("/users-1-day?") } == asked + 1)

        // There is no time at all: nothing is requested, and the event is delivered again.
        let failure = await #expect(throws: Failure.self) {
            try await Deadline.meeting(now.advanced(by: .seconds(4))) {
                () async throws(Failure) in try await function.run(event)
            }
        }
        #expect(failure?.code == .timedOut && failure?.retry != .never)
    }

    @Test("counts every sample that it could not send")
    func sinkFails() async throws {
        sink.answer { _ in .fail(Failure(.unauthorized, "the key is refused")) }
        let manifest = try await function().run(event)
        #expect(manifest.samples == 0)
        #expect(outcomes(manifest)[.organization] == .failed)
        #expect(manifest.retryAfterSeconds == nil)
    }

    @Test(
        "reports why an organization cannot be read at all",
        arguments: [
            (403, #"{"message":"This installation has been suspended"}"#),
            (404, #"{"message":"Not Found"}"#),
        ])
    func noToken(status: Int, body: String) async throws {
        github.change { $0.token = (status, body) }
        let manifest = try await function().run(event)
        #expect(Set(outcomes(manifest).values) == [.failed])
        #expect(manifest.reason != nil && manifest.isFault)
    }

    @Test("keeps the name under which a backend may have taken samples without saying so")
    func nameInDoubt() async throws {
        sink.answer { _ in .fail(Failure(.timedOut, "the backend's answer is lost")) }
        let doubtful = try await function().run(event)
        #expect(doubtful.samples == 0)
        #expect(doubtful.sources[.users]?.unconfirmed == true)

        // What is not sent in between changes nothing.
        github.change { $0.token = (404, #"{"message":"Not Found"}"#) }
        #expect(try await function().run(event).sources[.users]?.unconfirmed == true)
        github.change { $0.token = ScriptedGitHub.Answers().token }

        sink.answer { _ in .take }
        var renamed = event
        renamed.organization = try #require(OrganizationLogin("acme-anew"))
        let manifest = try await function().run(renamed)
        #expect(manifest.organization == event.organization)
        #expect(manifest.sources[.users]?.unconfirmed == nil)
        #expect(sink.rows.allSatisfy { $0.labels[.organization] == "acme" })
    }

    @Test("uses the new name if nothing was sent under the old one")
    func newName() async throws {
        github.change { $0.token = (404, #"{"message":"Not Found"}"#) }
        _ = try await function().run(event)
        github.change { $0.token = ScriptedGitHub.Answers().token }
        var renamed = event
        renamed.organization = try #require(OrganizationLogin("acme-anew"))
        #expect(try await function().run(renamed).organization == renamed.organization)
    }

    @Test("has the bus retry if GitHub is down")
    func unavailable() async throws {
        github.change { $0.token = (502, "") }
        let failure = await #expect(throws: Failure.self) {
            try await function().run(event)
        }
        #expect(failure?.code == .unavailable)
    }

    @Test("remembers that users were sent with names while members cannot be read")
    func namesStay() async throws {
        _ = try await function().run(event)
        github.change { $0.envelopes[.users] = (204, "") }
        let between = try await function().run(event)
        #expect(outcomes(between)[.users] == .notReady && outcomes(between)[.members] == .unchanged)
        github.change { $0.envelopes[.users] = nil }
        let after = try await function().run(event)
        #expect(outcomes(after)[.users] == .unchanged && outcomes(after)[.members] == .unchanged)
        #expect(after.sources[.members]?.reason == nil)
    }

    @Test(
        "remembers that users were sent with names while there is no token",
        arguments: [403, 404])
    func namesStayWithoutToken(status: Int) async throws {
        _ = try await function().run(event)
        github.change { $0.token = (status, #"{"message":"Not Found"}"#) }
        let between = try await function().run(event)
        #expect(outcomes(between)[.users] == .failed && outcomes(between)[.members] == .unchanged)
        github.change { $0.token = ScriptedGitHub.Answers().token }
        let after = try await function().run(event)
        #expect(outcomes(after)[.users] == .unchanged && outcomes(after)[.members] == .unchanged)
        #expect(after.sources[.members]?.reason == nil)
    }

    @Test("does not read users if they are switched off")
    func noUsers() async throws {
        let manifest = try await function(.none).run(event)
        #expect(
            outcomes(manifest) == [
                .organization: .written, .users: .notApplicable, .userTeams: .notApplicable,
                .members: .notApplicable, .billing: .written,
            ])
        #expect(!github.paths.contains { $0.contains("users-1-day") || $0 == "/graphql" })
    }

    @Test("uses the same pseudonym for a user in users and teams, every day")
    func pseudonyms() async throws {
        _ = try await function(.pseudonym).run(event)
        let rows = sink.rows.filter { $0.labels[.userLogin] != nil }
        let names = Set(rows.compactMap { $0.labels[.userLogin] })
        #expect(names.count == 2 && rows.count == 3)
        #expect(names.allSatisfy { $0.count == 16 })
        #expect(rows.allSatisfy { $0.labels[.userID] == $0.labels[.userLogin] })
        #expect(rows.allSatisfy { $0.labels[.userEmail] == nil })
        #expect(try await function(.pseudonym).run(event).sources[.users]?.outcome == .unchanged)
    }

    @Test("collects without names if members may not be read")
    func noMembers() async throws {
        github.change {
            $0.members = (
                200,
                #"{"data":{"organization":null},"errors":[{"type":"FORBIDDEN","path":["organization"],"message":"Resource not accessible by integration"}]}"#
            )
        }
        let manifest = try await function().run(event)
        #expect(outcomes(manifest)[.members] == .noPermission)
        #expect(outcomes(manifest)[.users] == .written)
        #expect(sink.rows.allSatisfy { $0.labels[.userName] == nil })
    }

    @Test("does not collect for a removed integration")
    func removed() async throws {
        let integration = Integration(
            id: event.integration, name: "x", tags: SampleTags(application: "a"),
            user: GitHubUser(id: 9, login: "o"), authorizedAt: clock.now(), organizations: [],
            removedAt: clock.now())
        try await store.put(
            JSON.encode(integration), for: .integration(event.integration), if: .absent)
        let failure = await #expect(throws: Failure.self) {
            try await function().run(event)
        }
        #expect(failure?.code == .notFound)
        #expect(github.paths.isEmpty)
    }

    @Test("tags samples as the integration specifies")
    func tags() async throws {
        let tags = SampleTags(application: "team-a", subsystem: "copilot")
        let integration = Integration(
            id: event.integration, name: "x", tags: tags, user: GitHubUser(id: 9, login: "o"),
            authorizedAt: clock.now(), organizations: [])
        try await store.put(
            JSON.encode(integration), for: .integration(event.integration), if: .absent)
        _ = try await function().run(event)
        #expect(sink.writings.allSatisfy { $0.tags == tags })
    }

    @Test(
        "rejects a malformed event, naming the field, before it uses any port",
        arguments: [
            ("", "not JSON"), ("[]", "the event"), ("{}", "is missing"),
            (
                #"{"integration":"9","installation":555,"day":"2026-11-21"}"#,
                "organization is missing"
            ),
            (
                #"{"integration":"9","installation":555,"organization":"../x","day":"2026-11-21"}"#,
                "organization must be"
            ),
            (
                #"{"integration":"9","installation":"5","organization":"a","day":"2026-11-21"}"#,
                "installation is not a number"
            ),
            (
                #"{"integration":"9","installation":5,"organization":"a","day":"yesterday"}"#,
                "day must be"
            ),
            (
                #"{"integration":"9","installation":5,"organization":"a","day":"2026-11-22"}"#,
                "is not over"
            ),
        ])
    func malformed(event: String, words: String) async throws {
        let function = JSONFunction(try function())
        let failure = await #expect(throws: Failure.self) { try await function(Array(event.utf8)) }
        #expect(failure?.code == .malformedEvent)
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        #expect(github.paths.isEmpty)
    }

    @Test("reads and writes the JSON that hosts exchange")
    func json() async throws {
        let output = try await JSONFunction(function())(
            Array(
                #"{"integration":"9-copilot","installation":555,"organization":"acme","day":"2026-11-21"}"#
                    .utf8))
        let text = String(decoding: output, as: UTF8.self)
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(output))
        #expect(value["organization"]?.text == "acme" && value["day"]?.text == "2026-11-21")
        #expect(value["sources"]?["organization-1-day"]?["outcome"]?.text == "written")
        #expect(value["final"] == .bool(false) && value["samples"] == .integer(12))
        #expect(!text.contains("ghs_planted") && !text.contains("acme.example"))
    }

    @Test("leaves it to its host to store the manifest together with other changes")
    func keeping() async throws {
        let key = StoreKey.manifest(event.integration, event.installation, event.day)
        let handled = try await function().handle(event)
        #expect(try await store.entry(for: key) == nil)
        let manifest = try await handled.kept()
        #expect(try await store.entry(for: key)?.value == Stored.encode(manifest, for: key))
        // Storing it again must not replace the first result.
        let failure = await #expect(throws: Failure.self) { try await handled.kept() }
        #expect(failure?.code == .conflict)
    }

    @Test("does not overwrite a manifest that was written concurrently")
    func conflict() async throws {
        let key = StoreKey.manifest(event.integration, event.installation, event.day)
        let store = store
        let sink = RecordingSink()
        let racing = RacingSink(sink: sink) {
            _ = try? await store.put([0x7B, 0x7D], for: key, if: .always)
        }
        let function = CollectOrg(
            settings: CollectOrg.Settings(
                identity: .full, tags: SampleTags(application: "copilot")),
            github: try github.client(clock: clock), store: store, sink: racing, vault: OpenVault(),
            entropy: SeededEntropy(seed: 2), hashing: NoHashing(), clock: clock)
        let failure = await #expect(throws: Failure.self) { try await function.run(event) }
        #expect(failure?.code == .conflict)
    }
}

/// A sink that runs a closure while it writes.
private struct RacingSink: MetricSink {
    let sink: RecordingSink
    let meanwhile: @Sendable () async -> Void

    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        await meanwhile()
        return try await sink.withWriter(for: scope, body)
    }

    func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        try await sink.write(report)
    }
}
