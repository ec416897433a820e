import CurlHTTP
import Domain
import Ports
import TestSupport
import Testing

@Suite("A request over libcurl", .timeLimit(.minutes(5)))
struct ExchangeTests {
    let transport = CurlTransport()

    @Test("transfers the request and the response unchanged")
    func roundTrip() async throws {
        try await withLoopbackServer { _ in
            [.reply(201, ["X-Kind": "made", "content-type": "text/plain"], Array("yes".utf8))]
        } use: { server in
            let reply = try await transport.send(
                HTTPClientRequest(
                    "POST", "\(server.url)/a%20b?c=d&e=%2F", fields: ["x-plain": "p"],
                    secretFields: ["authorization": Secret("Bearer t0ken")],
                    body: [0, 255, 13, 10]))
            #expect(reply.status == 201)
            #expect(reply.fields["x-kind"] == "made")
            #expect(reply.fields["content-type"] == "text/plain")
            #expect(try await reply.body.bytes() == Array("yes".utf8))

            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.target == "/a%20b?c=d&e=%2F")
            #expect(request.fields["x-plain"] == "p")
            #expect(request.fields["authorization"] == "Bearer t0ken")
            #expect(request.fields["user-agent"] == ProductVersion.userAgent)
            #expect(request.fields["accept-encoding"] == "gzip, zstd")
            #expect(request.fields["content-type"] == nil)
            #expect(request.body == [0, 255, 13, 10])
        }
    }

    @Test("sends every method", arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"])
    func methods(method: String) async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            for body in [[], Array("{}".utf8)] {
                _ = try await transport.send(HTTPClientRequest(method, server.url, body: body))
                #expect(server.requests.last?.method == method)
                #expect(server.requests.last?.body == body)
            }
            // Without a content-length, a server may wait for a body (RFC 9110, section 8.6).
            let length = server.requests.first?.fields["content-length"]
            #expect(length == (["GET", "DELETE"].contains(method) ? nil : "0"))
        }
    }

    @Test("sends HEAD requests")
    func head() async throws {
        try await withLoopbackServer { _ in
            [.send("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n")]
        } use: { server in
            let reply = try await transport.send(HTTPClientRequest("HEAD", server.url))
            #expect(reply.status == 200)
            #expect(try await reply.body.bytes().isEmpty)
        }
    }

    @Test(
        "returns every status as a response, also a redirect",
        arguments: [200, 204, 301, 302, 304, 307, 400, 401, 404, 429, 500, 503])
    func statuses(status: Int) async throws {
        try await withLoopbackServer { _ in
            let end = [204, 304].contains(status) ? "" : "content-length: 0\r\n"
            return [.send("HTTP/1.1 \(status) So\r\nlocation: /elsewhere\r\n\(end)\r\n")]
        } use: { server in
            let reply = try await transport.send(HTTPClientRequest("GET", server.url))
            #expect(reply.status == status)
            #expect(reply.fields["location"] == "/elsewhere")
            #expect(try await reply.body.next() == nil)
            #expect(server.requests.map(\.target) == ["/"])
        }
    }

    @Test("joins repeated fields, and keeps interim heads and trailers out")
    func fields() async throws {
        try await withLoopbackServer { _ in
            [
                .send("HTTP/1.1 103 Early Hints\r\nlink: <early>\r\n\r\n"),
                .send("HTTP/1.1 200 OK\r\nLINK: <a>; rel=\"next\"\r\nLink:<b>\r\nempty:\r\n"),
                .send("transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\ntrailer: t\r\n\r\n"),
            ]
        } use: { server in
            let reply = try await transport.send(HTTPClientRequest("GET", server.url))
            #expect(try await reply.body.bytes() == Array("hi".utf8))
            #expect(reply.status == 200)
            #expect(reply.fields["link"] == "<a>; rel=\"next\", <b>")
            #expect(reply.fields["empty"] == "")
            #expect(reply.fields["trailer"] == nil)
        }
    }

    @Test("sends empty header fields and a custom user agent")
    func emptyField() async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            _ = try await transport.send(
                HTTPClientRequest(
                    "GET", server.url, fields: ["x-empty": "", "user-agent": "tester"]))
            #expect(server.requests.first?.fields["x-empty"] == "")
            #expect(server.requests.first?.fields["user-agent"] == "tester")
        }
    }

    @Test("sends a large body completely to a server that ignores Expect: 100-continue")
    func largeBody() async throws {
        let body = (0..<2 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            for _ in 0..<5 {
                let reply = try await transport.send(
                    HTTPClientRequest("PUT", server.url, body: body))
                #expect(reply.status == 200)
            }
            #expect(server.requests.allSatisfy { $0.fields["expect"] == "100-continue" })
            #expect(server.requests.map(\.body) == Array(repeating: body, count: 5))
        }
    }

    @Test("refuses values that would not stay within a header line, without quoting them")
    func headerInjection() async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            let bad = ["a\r\nx-more: 1", "a\nb", "a\rb", "hunter2\0", "a\r\n\r\nGET / HTTP/1.1"]
            var requests = bad.flatMap { value in
                [
                    HTTPClientRequest("GET", server.url, fields: ["x-field": value]),
                    HTTPClientRequest("GET", server.url, secretFields: ["x-field": Secret(value)]),
                ]
            }
            requests.append(HTTPClientRequest("GET", server.url, fields: ["x field:": "v"]))
            requests.append(HTTPClientRequest("GET", server.url, fields: ["": "v"]))
            requests.append(HTTPClientRequest("GET / HTTP/1.1\r\nx: y", server.url))
            for request in requests {
                let failure = await #expect(throws: Failure.self) {
                    try await transport.send(request)
                }
                #expect(failure?.code == .misconfigured)
                #expect(failure?.message.contains("hunter2") == false)
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test(
        "refuses what is not an http or https URL",
        arguments: [
            "", "/path", "example.com", "ftp://example.com/", "file:///etc/passwd", "https://",
            "https://exa mple.com/", "https://example.com:99999/", "https://u:hunter2@example.com/",
            "http://127.0.0.1\0.example.com/", "https://example.com/\r\nx: y",
        ])
    func addresses(url: String) async {
        let failure = await #expect(throws: Failure.self) {
            try await transport.send(HTTPClientRequest("GET", url))
        }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("hunter2") == false)
    }

    @Test("names the host that cannot be reached, without quoting the request")
    func unreachable() async throws {
        // A server that is gone: nothing listens on its port.
        let url = try await withLoopbackServer { _ in
            []
        } use: { server in
            server.url
        }
        for (url, host) in [
            ("\(url)/r?sig=hunter2", "127.0.0.1"),
            ("http://no.invalid/r?sig=hunter2", "no.invalid"),
        ] {
            let failure = await #expect(throws: Failure.self) {
                try await transport.send(
                    HTTPClientRequest("GET", url, fields: ["x-sig": "hunter2"]))
            }
            #expect(failure?.code == .unavailable)
            #expect(failure?.message.contains(host) == true)
            #expect(failure?.message.contains("hunter2") == false)
        }
    }
}
