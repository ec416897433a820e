import Domain
import HTTPHost
import Host
import Ports
import Testing

@Suite("The function host over HTTP", .timeLimit(.minutes(1)))
struct RoutesTests {
    static let tick = #"{"time":"2026-11-22T06:00:00Z"}"#
    static let result = #"{"attention":[],"events":[],"skipped":[],"time":"2026-11-22T06:00:00Z"}"#

    @Test("has its paths, and answers other methods with those that it takes")
    func routes() async throws {
        try await Hosted.serving(.onDailyTick) { host in
            let cases: [(String, String, Int, String?)] = [
                ("GET", "/healthz", 200, nil), ("HEAD", "/healthz", 200, nil),
                ("POST", "/healthz", 405, "GET, HEAD"), ("GET", "/", 405, "OPTIONS, POST"),
                ("PUT", "/", 405, "OPTIONS, POST"), ("DELETE", "/", 405, "OPTIONS, POST"),
                ("OPTIONS", "/", 200, "OPTIONS, POST"), ("GET", "/robots.txt", 404, nil),
                ("GET", "/favicon.ico", 404, nil), ("POST", "/events", 404, nil),
                ("GET", "/authorize", 404, nil), ("GET", "/authorize/callback", 404, nil),
                ("GET", "//", 404, nil), ("GET", "/healthz/../", 404, nil),
            ]
            for (method, path, status, allow) in cases {
                let reply = try await host.raw(
                    "\(method) \(path) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(method) \(path): \(reply)")
                let lines = reply.lowercased().split(separator: "\r\n")
                #expect(
                    lines.first { $0.hasPrefix("allow: ") }.map { String($0.dropFirst(7)) }
                        == allow?.lowercased(), "\(method) \(path)")
                if method == "HEAD" { #expect(reply.hasSuffix("\r\n\r\n")) }
            }
        }
    }

    @Test("agrees to be sent events when it is asked")
    func webhook() async throws {
        try await Hosted.serving(.onDailyTick) { host in
            let asked = try await host.send(
                "OPTIONS", "/",
                ["webhook-request-origin": "events.example.com", "webhook-request-rate": "120"])
            #expect(asked.fields["webhook-allowed-origin"] == "events.example.com")
            #expect(asked.fields["webhook-allowed-rate"] == "*")
            let plain = try await host.send("OPTIONS")
            #expect(plain.fields["webhook-allowed-origin"] == nil)
            #expect(plain.fields["webhook-allowed-rate"] == nil)
        }
    }

    @Test(
        "hangs up where the client waits for it",
        arguments: [
            "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nhost: x\r\nConnection: Close\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: TE, close\r\n\r\n",
            "GET /healthz HTTP/1.0\r\n\r\n",
            "GET /healthz HTTP/1.0\r\nhost: x\r\n\r\n",
            "GET /healthz HTTP/1.0\r\nhost: x\r\nconnection: keep-alive\r\n\r\n"
                + "GET /healthz HTTP/1.0\r\nhost: x\r\n\r\n",
        ])
    func hangsUp(request: String) async throws {
        try await Hosted.serving(.onDailyTick) { host in
            let answer = try await host.raw(request)
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
            #expect(answer.lowercased().contains("connection: close"), "\(answer)")
            #expect(answer.hasSuffix("ok\n"), "\(answer)")
        }
    }

    @Test("runs an event whichever way it comes, many on one connection")
    func events() async throws {
        try await Hosted.serving(.onDailyTick) { host in
            let envelope =
                #"{"specversion":"1.0","id":"1","source":"/s","type":"copilot-usage.tick","data":\#(Self.tick)}"#
            let binary = [
                "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s",
                "ce-type": "dev.knative.sources.ping", "ce-time": "2026-11-22T06:00:00Z",
            ]
            let structured = ["content-type": "application/cloudevents+json; charset=utf-8"]
            for reply in [
                try await host.post(Self.tick),
                try await host.post(envelope),
                try await host.send("POST", "/", structured, body: envelope),
                try await host.send("POST", "/", binary),
                try await host.post(
                    Self.tick,
                    ["ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "x.y"]),
                try await host.post("{}", binary),
            ] {
                #expect(reply.status == 200, "\(reply.text)")
                #expect(reply.text == Self.result)
                #expect(reply.fields["content-type"] == "application/json")
            }
        }
    }

    @Test("answers nothing but the status to who would take a body for a new event")
    func preferReply() async throws {
        try await Hosted.serving(.onDailyTick) { host in
            for field in ["reply", "Reply", "respond-async, reply", "reply; foo=bar"] {
                let reply = try await host.post(Self.tick, ["prefer": field])
                #expect(reply.status == 204)
                #expect(reply.text.isEmpty)
            }
            #expect(try await host.post(Self.tick, ["prefer": "return=minimal"]).status == 200)
            // A refusal has a body all the same: its status says that it is no event.
            let refused = try await host.post("[]", ["prefer": "reply"])
            #expect(refused.status == 400)
            #expect(refused.text.contains("malformedEvent"))
        }
    }

    @Test("shows the authorization functions as web pages, and takes them as events too")
    func pages() async throws {
        try await Hosted.serving(.onAuthorize, .onAuthorizeCallback) { host in
            let begun = try await host.send("GET", "/authorize?name=metrics")
            #expect(begun.status == 302)
            #expect(begun.fields["location"]?.contains("code_challenge_method=S256") == true)
            #expect(begun.fields["set-cookie"]?.contains("HttpOnly") == true)
            #expect(begun.fields["cache-control"] == "no-store")
            #expect(begun.text.isEmpty)

            let forged = try await host.send("GET", "/authorize/callback?code=a&state=forged")
            #expect(forged.status == 400)
            #expect(forged.fields["content-type"] == "text/html; charset=utf-8")
            #expect(forged.fields["content-security-policy"] != nil)
            #expect(forged.text.contains("Begin again"))

            for path in ["/authorize", "/authorize/callback"] {
                let posted = try await host.send("POST", path)
                #expect(posted.status == 405)
                #expect(posted.fields["allow"] == "GET")
            }
            // As an event, the answer to the browser is the result.
            let event = try await host.post(#"{"query":{"code":"a","state":"forged"}}"#)
            #expect(event.status == 200)
            #expect(event.text.contains(#""status":400"#))
        }
    }
}
