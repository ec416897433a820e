import Domain
import GitHub
import InMemory
import Ports
import Synchronization
import Testing
import Toolbox

@Suite("The reach of an authorization", .timeLimit(.minutes(5)))
struct ReachTests {
    private static func item(_ id: Int, _ login: String, _ more: String = "") -> String {
        #"""
        {"id": \#(id), "account": {"login": "\#(login)", "id": \#(900_000 + id),
         "type": "Organization"}, "target_type": "Organization", "permissions":
         {"members": "read", "organization_administration": "read",
          "organization_copilot_metrics": "read"}, "suspended_at": null\#(more)}
        """#
    }

    private let installation = Installation(
        id: InstallationID(1), organizationID: 900_001, organization: acme, permissions: [:])

    private static func page(_ items: [String]) -> String {
        #"{"total_count": 1, "installations": [\#(items.joined(separator: ","))]}"#
    }

    @Test(
        "reads every page that GitHub links, and no other",
        arguments: [0, 1, 99, 100, 101, 250])
    func paging(count: Int) async throws {
        let bench = try Bench { request in
            let page = Int(request.path.split(separator: "=").last ?? "") ?? 1
            let isFirst = !request.path.contains("after")
            let start = isFirst ? 0 : page
            let end = min(start + 100, count)
            let items = (start..<end).map { Self.item($0 + 1, "org-\($0)") }
            let link =
                #"<https://api.github.com/user/installations?after=\#(end)>; rel="next", "#
                + #"<https://api.github.com/user/installations?after=0>; rel="first""#
            return HTTPClientResponse(
                status: 200, fields: end < count ? ["link": link] : [:],
                bytes: Array(Self.page(items).utf8))
        }
        let found = try await bench.client.installations(token: token)
        #expect(found.organizations.map(\.id.number) == (0..<count).map { Int64($0 + 1) })
        #expect(bench.requests.count == max(1, (count + 99) / 100))
        #expect(bench.paths.first == "GET /user/installations?per_page=100")
    }

    @Test("requests eight roles at a time, and keeps the order of the installations")
    func roles() async throws {
        let crowd = Crowd(of: 8)
        let bench = try Bench { request async throws(Failure) in
            guard request.path.contains("memberships") else {
                let items = (1...32).reversed().map { Self.item($0, "org-\($0)") }
                return HTTPClientResponse(status: 200, bytes: Array(Self.page(items).utf8))
            }
            await crowd.enter()
            await crowd.leave()
            return HTTPClientResponse(
                status: 200, bytes: Array(#"{"state": "active", "role": "admin"}"#.utf8))
        }
        let reach = try await bench.client.reach(token: token)
        #expect(reach.organizations.map(\.id.number) == (1...32).map { Int64($0) })
        #expect(await crowd.countMax == 8)
    }

    @Test("reads ownership in pages where there are many organizations, and asks about the rest")
    func pagedRoles() async throws {
        let count = 3_000
        let bench = try Bench { request in
            let page = Int(request.path.split(separator: "=").last ?? "") ?? 1
            let start = request.path.contains("after") ? page : 0
            let end = min(start + 100, count)
            func next(_ path: String) -> [String: String] {
                end < count
                    ? ["link": #"<https://api.github.com/user/\#(path)?after=\#(end)>; rel="next""#]
                    : [:]
            }
            if request.path.hasPrefix("/user/installations") {
                // Every other one did not grant the App to read members.
                let items = (start..<end).map {
                    let item = Self.item($0 + 1, "org-\($0)")
                    return $0 % 2 == 0 ? item : item.replacing(#""members": "read", "#, with: "")
                }
                return HTTPClientResponse(
                    status: 200, fields: next("installations"), bytes: Array(Self.page(items).utf8))
            }
            if request.path.hasPrefix("/user/memberships/orgs/") {
                return HTTPClientResponse(
                    status: 403,
                    bytes: Array(#"{"message": "Resource not accessible by integration"}"#.utf8))
            }
            let items = (start..<end).filter { $0 % 2 == 0 }.map {
                #"{"state": "active", "role": "admin", "organization": {"login": "org-\#($0)", "id": \#(900_001 + $0)}}"#
            }
            return HTTPClientResponse(
                status: 200, fields: next("memberships/orgs"),
                bytes: Array("[\(items.joined(separator: ","))]".utf8))
        }
        // The last ones were connected before.
        let reach = try await bench.client.reach(token: token) { $0.id.number > 1_500 }
        #expect(bench.requests.count == 30 + 30 + 1_000)
        // 1,500 are owned, 1,000 may not be asked about, and the other 500 were connected.
        #expect(reach.organizations.count == count)
        #expect(reach.organizations.map(\.id) == reach.organizations.map(\.id).sorted())
        #expect(reach.skipped.map(\.organization) == ["500 organizations"])
        // Without that, they wait.
        let first = try await bench.client.reach(token: token)
        #expect(first.organizations.count == 2_500 && first.pending.count == 500)
    }

    @Test("asks about others each day if there are too many, and not about listed members")
    func turns() async throws {
        let count = 2_600
        let asked = Mutex<Set<String>>([])
        let bench = try Bench { request in
            if request.path.hasPrefix("/user/memberships/orgs/") {
                asked.withLock {
                    _ = $0.insert(String(request.path.split(separator: "/").last ?? ""))
                }
                return HTTPClientResponse(status: 403, bytes: Array(#"{"message": "no"}"#.utf8))
            }
            if request.path.hasPrefix("/user/memberships") {
                let items = (0..<100).map {
                    #"{"state": "active", "role": "member", "organization": {"id": \#(900_001 + $0)}}"#
                }
                return HTTPClientResponse(
                    status: 200, bytes: Array("[\(items.joined(separator: ","))]".utf8))
            }
            let start = Int(request.path.split(separator: "after=").dropFirst().first ?? "") ?? 0
            let end = min(start + 100, count)
            let next = #"<https://api.github.com/user/installations?after=\#(end)>; rel="next""#
            let items = (start..<end).map { Self.item($0 + 1, "org-\($0)") }
            return HTTPClientResponse(
                status: 200, fields: end < count ? ["link": next] : [:],
                bytes: Array(Self.page(items).utf8))
        }
        var pending: [Int] = []
        for _ in 1...3 {
            let reach = try await bench.client.reach(token: token)
            #expect(reach.foreign.count == 100 && reach.organizations.isEmpty)
            pending.append(asked.withLock(\.count))
            bench.clock.advance(by: .seconds(86_400))
        }
        #expect(pending == [1_000, 2_000, 2_500])
    }

    @Test(
        "fails rather than ending a list early at a next page on another host",
        arguments: [
            "https://evil.example/user/installations", "//evil.example/",
            "https://evil.example/other?page=2", "https://evil.example/?page=2",
        ])
    func foreignPage(next: String) async throws {
        let bench = try Bench(
            answers: .json(
                200, Self.page([Self.item(1, "acme")]), ["link": #"<\#(next)>; rel="next""#]))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.installations(token: token)
        }
        #expect(failure.code == .malformedReply)
        #expect(failure.message.contains("evil.example"))
        #expect(bench.requests.count == 1)
    }

    @Test(
        "reads the next page at its own origin if GitHub names another, as behind a proxy",
        arguments: [
            "https://github.internal/user/installations?page=2&per_page=100",
            "https://github.internal/api/v3/user/installations?page=2&per_page=100",
            "//github.internal/user/installations?page=2&per_page=100",
        ])
    func proxiedPage(next: String) async throws {
        let bench = try Bench(
            answers: .json(
                200, Self.page([Self.item(1, "acme")]), ["link": #"<\#(next)>; rel="next""#]),
            .json(200, Self.page([Self.item(2, "bar")])))
        let found = try await bench.client.installations(token: token)
        #expect(found.organizations.map(\.organization) == [acme, named("bar")])
        #expect(
            bench.requests.map(\.url) == [
                "https://api.github.com/user/installations?per_page=100",
                "https://api.github.com/user/installations?page=2&per_page=100",
            ])
    }

    @Test(
        "does not take in an installation that could not be read from the store",
        arguments: [-1, 0, Int64.max, Int64.min])
    func oddNumber(number: Int64) async throws {
        let odd = Self.item(1, "acme").replacing(#""id": 1,"#, with: #""id": \#(number),"#)
        let organization = Self.item(3, "zoo").replacing("900003", with: "-5")
        let bench = try Bench(
            answers: .json(200, Self.page([odd, Self.item(2, "bar"), organization])))
        let found = try await bench.client.installations(token: token)
        #expect(found.organizations.map(\.organization) == [named("bar")])
        #expect(found.unreadable.map(\.organization) == ["acme", "zoo"])
        for installation in found.organizations {
            let text = JSON.encode(installation)
            #expect(try JSON.decode(Installation.self, from: text, at: "test") == installation)
        }
    }

    @Test("does not take in an organization without a number of its own", arguments: [0, -1])
    func oddOrganizationNumber(number: Int64) async throws {
        let odd = Self.item(1, "acme").replacing("900001", with: "\(number)")
        let bench = try Bench(answers: .json(200, Self.page([odd, Self.item(2, "bar")])))
        let found = try await bench.client.installations(token: token)
        #expect(found.organizations.map(\.organization) == [named("bar")])
        #expect(found.unreadable.map(\.organization) == ["acme"])
        #expect(found.unreadable.first?.reason.contains("unknown form") == true)
    }

    @Test("belongs to a person with a number of their own", arguments: [0, -1])
    func oddPerson(number: Int64) async throws {
        let bench = try Bench(answers: .json(200, #"{"id": \#(number), "login": "ada"}"#))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentUser(token: token)
        }
        #expect(failure.code == .malformedReply)
        #expect(failure.message.contains("unknown form"))
    }

    @Test("shows no control or direction characters of a name")
    func deceptiveName() async throws {
        let login = #"a\u001b[31m\u202eb\u2028c\u009b"#
        let bench = try Bench(answers: .json(200, Self.page([Self.item(1, login)])))
        let found = try await bench.client.installations(token: token)
        let name = "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}c\u{FFFD}"
        #expect(found.unreadable.map(\.organization) == [name])
    }

    @Test("stops even if GitHub's pages never end")
    func endless() async throws {
        let bench = try Bench { request in
            HTTPClientResponse(
                status: 200, fields: ["link": #"</user/installations?again>; rel="next""#],
                bytes: Array(Self.page([]).utf8))
        }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.installations(token: token)
        }
        #expect(failure.code == .limitExceeded)
    }

    @Test("includes organizations, even suspended ones, and gives a reason for every other account")
    func kinds() async throws {
        let bench = try Bench(
            answers: .json(
                200,
                Self.page([
                    Self.item(1, "acme"),
                    #"{"id": 2, "account": {"login": "ada", "id": 9, "type": "User"}, "target_type": "User"}"#,
                    #"{"id": 3, "account": {"slug": "big", "id": 8}, "target_type": "Enterprise"}"#,
                    Self.item(4, "asleep").replacing(
                        "null", with: #""2026-11-01T00:00:00Z""#),
                    #"{"id": 5, "account": null, "target_type": "Organization"}"#,
                    #"{"id": "no number"}"#,
                    #"{"id": 6, "account": {"login": "lean"}, "target_id": 900006, "target_type": "Organization"}"#,
                    #"{"id": 7, "account": {"name": "whose"}}"#,
                    #"{"id": 8, "account": {"login": "new", "id": 7}, "target_type": "Guild"}"#,
                ])))
        let found = try await bench.client.installations(token: token)
        #expect(found.organizations.map(\.organization) == [acme, named("asleep"), named("lean")])
        #expect(found.organizations.map(\.organizationID) == [900_001, 900_004, 900_006])
        #expect(
            found.organizations.map(\.suspendedAt)
                == [nil, Timestamp("2026-11-01T00:00:00Z"), nil])
        #expect(found.organizations.first?.permissions["members"] == "read")
        #expect(
            found.unreadable.map(\.organization) == [
                "installation 5", "an installation", "installation 7",
            ])
        #expect(found.skipped.map(\.organization) == ["ada", "big", "new"])
        let reasons = (found.skipped + found.unreadable).map(\.reason)
        #expect(reasons.allSatisfy { !$0.isEmpty })
    }

    @Test(
        "depends on the person's role in an organization",
        arguments: [
            (200, #"{"state": "active", "role": "admin"}"#, "owner"),
            (200, #"{"role": "admin"}"#, "unknown"),
            (200, #"{"state": null, "role": "admin"}"#, "unknown"),
            (
                200,
                #"{"state": "active", "role": "admin", "organization": {"login": "acme", "id": 900001}}"#,
                "owner"
            ),
            (
                200,
                #"{"state": "active", "role": "admin", "organization": {"login": "acme", "id": 1}}"#,
                "unknown"
            ),
            (
                200,
                #"{"state": "active", "role": "admin", "organization": {"login": "other"}}"#,
                "unknown"
            ),
            (200, #"{"state": "pending", "role": "admin"}"#, "notOwner"),
            (200, #"{"state": "active", "role": "member"}"#, "notOwner"),
            (200, #"{"state": "active", "role": "billing_manager"}"#, "notOwner"),
            (404, #"{"message": "Not Found"}"#, "notOwner"),
            (403, #"{"message": "Resource not accessible by integration"}"#, "mayNotAsk"),
            (403, "null", "unknown"),
            (200, "{}", "unknown"), (422, "", "unknown"),
        ])
    func role(status: Int, body: String, expected: String) async throws {
        let bench = try Bench(answers: .json(status, body))
        let role = try await bench.client.role(in: installation, token: token)
        #expect(bench.paths == ["GET /user/memberships/orgs/acme"])
        switch role {
        case .owner: #expect(expected == "owner")
        case .notOwner(let reason): #expect(expected == "notOwner" && reason.contains("acme"))
        case .unknown(let reason): #expect(expected == "unknown" && reason.contains("acme"))
        case .mayNotAsk(let reason): #expect(expected == "mayNotAsk" && reason.contains("acme"))
        }
    }

    @Test(
        "does not take GitHub's word that the App may not ask, where it lists the permission to ask",
        arguments: [
            ([:], true), (["organization_administration": "read"], true),
            (["members": "read"], false), (["members": "write"], false),
        ] as [([String: String], Bool)])
    func permissionToAsk(permissions: [String: String], isBelieved: Bool) async throws {
        let bench = try Bench(answers: .message(403, "Resource not accessible by integration"))
        let installation = Installation(
            id: InstallationID(1), organizationID: 900_001, organization: acme,
            permissions: permissions)
        let role = try await bench.client.role(in: installation, token: token)
        switch role {
        case .mayNotAsk: #expect(isBelieved)
        case .unknown(let reason):
            #expect(!isBelieved)
            // What is granted is not to be granted again.
            #expect(reason.contains("acme") && !reason.contains("lacks"), "\(reason)")
        default: Issue.record("\(role)")
        }
    }

    @Test(
        "treats a role as unknown if GitHub cannot report it, and fails if further requests are useless"
    )
    func troubled() async throws {
        let bench = try Bench(
            answers: .json(500), .json(500), .json(500), .json(200, ""), .json(200, " "),
            .json(200, ""), .json(401), .json(429))
        for _ in 0..<2 {
            guard case .unknown = try await bench.client.role(in: installation, token: token) else {
                Issue.record("the role should be unknown")
                return
            }
        }
        for code in [Failure.Code.unauthorized, .rateLimited] {
            let failure = try await failure { () async throws(Failure) in
                try await bench.client.role(in: installation, token: token)
            }
            #expect(failure.code == code)
        }
    }

    @Test("names the permissions that an organization has not approved")
    func permissions() async throws {
        let bench = try Bench(
            answers: .json(
                200,
                Self.page([
                    Self.item(1, "acme").replacing(#""members": "read", "#, with: "")
                ])), .json(200, #"{"state": "active", "role": "admin"}"#))
        let reach = try await bench.client.reach(token: token)
        #expect(reach.organizations.map(\.organization) == [acme])
        #expect(reach.attention.map(\.organization) == ["acme"])
        #expect(reach.attention.first?.reason.contains(#""Members: read" (members)"#) ?? false)
    }
}

/// A meeting point that nobody leaves before a given number has arrived.
actor Crowd {
    private let size: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var inside = 0
    private(set) var countMax = 0

    init(of size: Int) { self.size = size }

    func leave() { inside -= 1 }

    func enter() async {
        inside += 1
        countMax = max(countMax, inside)
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            guard waiting.count == size else { return }
            for one in waiting { one.resume() }
            waiting = []
        }
    }
}
