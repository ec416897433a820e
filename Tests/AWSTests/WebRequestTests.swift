import Domain
import LambdaHost
import Ports
import Testing

@Suite("A browser's request through Lambda")
struct WebRequestTests {
    private static func request(_ members: [String: JSONValue]) throws(Failure) -> WebRequest {
        try WebRequest(
            .object(
                [
                    "version": .string("2.0"), "rawPath": .string("/authorize"),
                    "requestContext": .object(["http": .object(["method": .string("get")])]),
                ].merging(members) { $1 }))
    }

    @Test("parses the query string instead of the map, which joins values with commas")
    func query() throws {
        let request = try Self.request([
            "rawQueryString": .string("a=x%2Cy&a=2&b=c+d"),
            "queryStringParameters": .object(["a": .string("x,y,2")]),
        ])
        #expect(request.event.query == ["a": "x,y", "b": "c d"])
    }

    @Test("gets its cookies as a header field, and field names in lower case")
    func headers() throws {
        let request = try Self.request([
            "headers": .object(["Accept": .string("text/html"), "x": .null]),
            "cookies": .array([.string("a=1"), .string("b=2")]),
        ])
        #expect(request.event.headers == ["accept": "text/html", "cookie": "a=1; b=2"])
        #expect(request.event.method == "GET")
    }

    @Test(
        "selects the function by its path after any stage",
        arguments: [
            ("/authorize", FunctionName.onAuthorize), ("/authorize/", .onAuthorize),
            ("/prod/authorize", .onAuthorize), ("/authorize/callback", .onAuthorizeCallback),
            ("/", nil), ("/unauthorize", nil), ("/authorize/other", nil),
        ] as [(String, FunctionName?)])
    func path(path: String, function: FunctionName?) throws {
        let request = try Self.request(["rawPath": .string(path)])
        #expect(request.function(among: FunctionName.allCases) == function)
        #expect(request.function(among: [.onDailyTick]) == nil)
    }

    @Test("of another format is refused")
    func otherFormat() throws {
        let failure = #expect(throws: Failure.self) {
            try Self.request(["version": .string("1.0")])
        }
        #expect(failure?.message.contains("payload format version 2.0") == true)
    }
}
