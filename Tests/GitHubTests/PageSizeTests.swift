import Domain
import GitHub
import Ports
import Synchronization
import Testing

@Suite("A list that GitHub cannot serve in large pages", .timeLimit(.minutes(5)))
struct PageSizeTests {
    static let troubles: [Reply] = [
        Reply(status: 502, text: "<html>Unicorn!</html>", fields: ["content-type": "text/html"]),
        Reply(status: 504),
        Reply(
            text:
                #"{"data": null, "errors": [{"message": "Something went wrong while executing your query."}]}"#
        ),
        partial("null", "[]", #""type": "RESOURCE_LIMITS_EXCEEDED", "message": "…""#),
        partial("null", #"[{"databaseId": 1, "login": "ada"}]"#, #""message": "…""#),
        partial(more, "[null, null]", #""type": "RESOURCE_LIMITS_EXCEEDED", "message": "…""#),
        partial(
            last, "[null]",
            #""message": "Something went wrong while executing your query. This may be the result of a timeout.""#
        ),
    ]

    private static let more = #"{"hasNextPage": true, "endCursor": "c2"}"#
    private static let last = #"{"hasNextPage": false, "endCursor": null}"#

    /// An answer of which GitHub computed only a part.
    private static func partial(_ pageInfo: String, _ nodes: String, _ error: String) -> Reply {
        Reply(
            text: #"""
                {"data": {"organization": {"membersWithRole": {"pageInfo": \#(pageInfo), "nodes": \#(nodes)}}},
                 "errors": [{\#(error), "path": ["organization", "membersWithRole"]}]}
                """#)
    }

    /// The number after `first: ` in a query.
    private static func size(of request: HTTPClientRequest) -> Int {
        let body = String(decoding: request.body, as: UTF8.self)
        return body.firstMatch(of: /first: (\d+)/).flatMap { Int($0.output.1) } ?? 0
    }

    @Test(
        "is read in smaller ones from the same place, and the size is remembered",
        arguments: troubles, [(50, 50), (30, 25), (25, 25), (5, 5)])
    func members(
        trouble: Reply, sizes: (limit: Int, used: Int)
    ) async throws {
        let count = 120
        let sizesAsked = Mutex<[Int]>([])
        let bench = try Bench { request in
            let size = Self.size(of: request)
            sizesAsked.withLock { $0.append(size) }
            guard size <= sizes.limit else { return trouble.response }
            let body = String(decoding: request.body, as: UTF8.self)
            let start = (0..<count).first { body.contains(#""after":"c\#($0)""#) } ?? 0
            let end = min(start + size, count)
            let nodes = (start..<end).map { #"{"databaseId": \#($0), "login": "user-\#($0)"}"# }
            let page = #"{"hasNextPage": \#(end < count), "endCursor": "c\#(end)"}"#
            return HTTPClientResponse(
                status: 200,
                bytes: Array(
                    #"{"data": {"organization": {"membersWithRole": {"pageInfo": \#(page), "nodes": [\#(nodes.joined(separator: ","))]}}}}"#
                        .utf8))
        }
        var numbers: [Int64?] = []
        for _ in 1...2 {
            numbers = []
            let outcome = try await bench.client.members(of: acme, token: token) { page in
                numbers += page.map(\.id)
            }
            #expect(outcome.count == count)
        }
        #expect(numbers == (0..<count).map { Int64($0) })
        let asked = sizesAsked.withLock { $0 }
        let fitting = asked.drop { $0 > sizes.limit }
        #expect(fitting.allSatisfy { $0 == sizes.used })
        #expect(fitting.count == 2 * ((count + sizes.used - 1) / sizes.used))
    }

    @Test("is read in smaller ones where pages are numbered")
    func installations() async throws {
        let count = 130
        let bench = try Bench { request throws(Failure) in
            let query = request.path.split(separator: "?").last ?? ""
            let items = query.split(separator: "&").map { $0.split(separator: "=") }
            func number(_ name: String) -> Int? {
                items.first { $0[0] == name }.flatMap { Int($0[1]) }
            }
            let (size, page) = (number("per_page") ?? 30, number("page") ?? 1)
            // The second hundred has an organization whose description takes long.
            if size > 25, page * size > 100 { return HTTPClientResponse(status: 502, bytes: []) }
            let range = (page - 1) * size..<min(page * size, count)
            let found = range.map {
                #"""
                {"id": \#($0 + 1), "target_type": "Organization", "account":
                 {"login": "org-\#($0)", "id": \#($0 + 1), "type": "Organization"}}
                """#
            }
            let link =
                "<https://api.github.com/user/installations?per_page=\(size)&page=\(page + 1)>; rel=\"next\""
            return HTTPClientResponse(
                status: 200, fields: range.upperBound < count ? ["link": link] : [:],
                bytes: Array(#"{"installations": [\#(found.joined(separator: ","))]}"#.utf8))
        }
        let found = try await bench.client.installations(token: token)
        #expect(found.organizations.map(\.id.number) == (1...count).map { Int64($0) })
        #expect(
            bench.paths.suffix(2) == [
                "GET /user/installations?per_page=25&page=5",
                "GET /user/installations?per_page=25&page=6",
            ])
    }

    @Test("is read in smaller ones while some members are missing, and with a note in the smallest")
    func missing() async throws {
        let nodes = #"[null, {"databaseId": 2, "login": "bo"}]"#
        let error = #""type": "RESOURCE_LIMITS_EXCEEDED", "message": "…""#
        let bench = try Bench { _ in Self.partial(Self.last, nodes, error).response }
        var logins: [String] = []
        let outcome = try await bench.client.members(of: acme, token: token) { page in
            logins += page.map(\.login)
        }
        #expect(logins == ["bo"])
        #expect(outcome.notes == ["GitHub withheld some members"])
        #expect(bench.requests.map(Self.size) == [100, 100, 50, 50, 25, 25, 5])
    }

    @Test("fails if it is not the size", arguments: troubles)
    func outage(trouble: Reply) async throws {
        let bench = try Bench { _ in trouble.response }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.members(of: acme, token: token) { _ in }
        }
        #expect(failure.code == .unavailable)
        #expect(bench.requests.count == 9)
    }

    @Test(
        "is not asked for in smaller pages for another reason",
        arguments: [401, 403, 404, 500, 503])
    func otherwise(status: Int) async throws {
        let bench = try Bench { _ in HTTPClientResponse(status: status, bytes: Array("{}".utf8)) }
        _ = try await failure { () async throws(Failure) in
            try await bench.client.members(of: acme, token: token) { _ in }
        }
        #expect(bench.requests.allSatisfy { Self.size(of: $0) == 100 })
    }
}
