import Domain
import GitHub
import Ports
import Testing

@Suite("The members of an organization", .timeLimit(.minutes(5)))
struct MembersTests {
    private static let hidden = #"""
        {"type": "FORBIDDEN", "message": "Resource not accessible by integration",
         "path": ["organization", "membersWithRole", "nodes", 1, "organizationVerifiedDomainEmails"]}
        """#

    private static func answer(
        _ nodes: [String], next: String? = nil, errors: [String] = []
    ) -> Result<HTTPClientResponse, Failure> {
        let page = next.map { #"{"hasNextPage": true, "endCursor": "\#($0)"}"# }
        return .json(
            200,
            #"""
            {"data": {"organization": {"membersWithRole": {
             "pageInfo": \#(page ?? #"{"hasNextPage": false, "endCursor": null}"#),
             "nodes": [\#(nodes.joined(separator: ","))]}}},
             "errors": [\#(errors.joined(separator: ","))]}
            """#)
    }

    private static func ada(_ emails: String) -> String {
        #"{"databaseId": 1, "login": "ada", "name": "Ada Example"\#(emails)}"#
    }

    private static let bo = #"{"databaseId": 2, "login": "bo", "name": null}"#

    /// Reads all members from scripted responses.
    private func members(
        _ answers: Result<HTTPClientResponse, Failure>...
    ) async throws -> (members: [Member], outcome: MembersOutcome, bodies: [String]) {
        let script = Script(answers)
        let bench = try Bench { _ throws(Failure) in try script.next() }
        var members: [Member] = []
        let outcome = try await bench.client.members(of: acme, token: token) { members += $0 }
        return (members, outcome, bench.requests.map { String(decoding: $0.body, as: UTF8.self) })
    }

    private func refusal(_ answers: Result<HTTPClientResponse, Failure>...) async throws -> Failure
    {
        let script = Script(answers)
        let bench = try Bench { _ throws(Failure) in try script.next() }
        return try await failure { () async throws(Failure) in
            try await bench.client.members(of: acme, token: token) { _ in }
        }
    }

    @Test("have an ID, a name and a verified address, each of which may be missing")
    func fields() async throws {
        let (members, outcome, bodies) = try await members(
            Self.answer([
                Self.ada(
                    #", "organizationVerifiedDomainEmails": ["", "ada@acme.example", "a@b.example"]"#
                ),
                #"{"databaseId": null, "login": "bo", "name": "", "organizationVerifiedDomainEmails": []}"#,
            ]))
        #expect(
            members == [
                Member(id: 1, login: "ada", name: "Ada Example", email: "ada@acme.example"),
                Member(login: "bo"),
            ])
        #expect(outcome == MembersOutcome(count: 2))
        #expect(bodies.first?.contains(#""variables":{"login":"acme"}"#) ?? false)
    }

    @Test("are read page by page", arguments: [0, 1, 100, 101, 250])
    func paging(count: Int) async throws {
        let bench = try Bench { request throws(Failure) in
            let body = String(decoding: request.body, as: UTF8.self)
            let start = (0..<count).first { body.contains(#""after":"c\#($0)""#) } ?? 0
            let end = min(start + 100, count)
            let nodes = (start..<end).map { #"{"databaseId": \#($0), "login": "user-\#($0)"}"# }
            return try Self.answer(nodes, next: end < count ? "c\(end)" : nil).get()
        }
        var pages: [Int] = []
        var numbers: [Int64?] = []
        let outcome = try await bench.client.members(of: acme, token: token) { page in
            pages.append(page.count)
            numbers += page.map(\.id)
        }
        #expect(outcome.count == count)
        #expect(numbers == (0..<count).map { Int64($0) })
        #expect(pages.count == max(1, (count + 99) / 100))
        #expect(bench.paths.allSatisfy { $0 == "POST /graphql" })
    }

    @Test("keep their names when GitHub withholds an address, and the others keep their addresses")
    func someHidden() async throws {
        let (members, outcome, bodies) = try await members(
            Self.answer(
                [Self.ada(#", "organizationVerifiedDomainEmails": ["ada@acme.example"]"#), "null"],
                errors: [Self.hidden]), Self.answer([Self.ada(""), Self.bo]))
        #expect(
            members == [
                Member(id: 1, login: "ada", name: "Ada Example", email: "ada@acme.example"),
                Member(id: 2, login: "bo"),
            ])
        #expect(outcome.notes.count == 1)
        #expect(bodies.map { $0.contains("organizationVerifiedDomainEmails") } == [true, false])
    }

    @Test("are requested without addresses once GitHub has withheld a whole page")
    func allHidden() async throws {
        let (members, outcome, bodies) = try await members(
            Self.answer(["null", "null"], next: "c2", errors: [Self.hidden]),
            Self.answer([Self.ada(""), Self.bo], next: "c2"), Self.answer([Self.bo]))
        #expect(members.map(\.login) == ["ada", "bo", "bo"])
        #expect(outcome.notes == ["GitHub withheld some members' e-mail addresses"])
        #expect(
            bodies.map { $0.contains("organizationVerifiedDomainEmails") } == [true, false, false])
    }

    @Test("are skipped with a note if GitHub withholds them for another reason")
    func leftOut() async throws {
        let (members, outcome, _) = try await members(Self.answer(["null", Self.bo]))
        #expect(members.map(\.login) == ["bo"])
        #expect(outcome.notes == ["GitHub withheld some members"])
    }

    @Test("are skipped with a note that names them if GitHub describes them in an unknown form")
    func odd() async throws {
        let (members, outcome, _) = try await members(
            Self.answer([
                #"{"databaseId": 7, "login": 7}"#, #"{"login": "odd", "name": ["x"]}"#, #""x""#,
                Self.ada(#", "organizationVerifiedDomainEmails": [null, "ada@acme.example"]"#),
            ]))
        #expect(members.map(\.login) == ["ada"])
        #expect(members.first?.email == "ada@acme.example")
        #expect(
            outcome.notes == [
                """
                3 members were skipped, because GitHub describes them in an unknown form: number 7, \
                odd, one of them
                """
            ])
    }

    @Test(
        "can be refused as a whole, with status 200",
        arguments: [
            ("FORBIDDEN", Failure.Code.forbidden, "Members: read"),
            ("NOT_FOUND", .notFound, "acme"),
        ])
    func refused(type: String, code: Failure.Code, advice: String) async throws {
        let failure = try await refusal(
            .json(
                200,
                #"{"data": {"organization": null}, "errors": [{"type": "\#(type)", "path": ["organization"], "message": "…"}]}"#,
                ["x-ratelimit-remaining": "0"]))
        #expect(failure.code == code)
        #expect(failure.message.contains(advice))
    }

    @Test(
        "wait when GitHub asks for it, even with status 200",
        arguments: [
            (#"{"errors": [{"type": "RATE_LIMITED", "message": "…"}]}"#, [:]),
            (#"{"data": null, "errors": [{"message": "…"}]}"#, ["x-ratelimit-remaining": "0"]),
        ])
    func limited(body: String, fields: [String: String]) async throws {
        let reset = ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795349100"]
        let late = try await refusal(.json(200, body, fields.merging(reset) { $1 }))
        #expect(late.code == .rateLimited)
        #expect(late.delay == .seconds(300))

        let (members, _, _) = try await members(
            .json(200, body, fields.merging(["retry-after": "2"]) { $1 }), Self.answer([Self.bo]))
        #expect(members.count == 1)
    }

    @Test("are requested again when GitHub gives up on the query")
    func trouble() async throws {
        let (members, _, _) = try await members(
            .json(200, #"{"data": null, "errors": [{"message": "Something went wrong"}]}"#),
            .json(502), Self.answer([Self.bo]))
        #expect(members.count == 1)
    }

    @Test(
        "fail if the pages do not lead on",
        arguments: [
            [answer([bo], next: "c"), answer([bo], next: "c")],
            [
                .json(
                    200,
                    #"{"data": {"organization": {"membersWithRole": {"pageInfo": {"hasNextPage": true}, "nodes": []}}}}"#
                )
            ],
            [.json(200, #"{"data": {}}"#)], [answer(["7"])],
        ])
    func circle(answers: [Result<HTTPClientResponse, Failure>]) async throws {
        let script = Script(answers)
        let bench = try Bench { _ throws(Failure) in try script.next() }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.members(of: acme, token: token) { _ in }
        }
        #expect(failure.code == .malformedReply)
    }
}
