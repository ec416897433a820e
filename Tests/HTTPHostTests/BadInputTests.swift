import Domain
import HTTPHost
import Host
import Ports
import Testing
import Toolbox

@Suite("Bad input over HTTP", .timeLimit(.minutes(1)))
struct BadInputTests {
    /// What is sent, the status that answers it, and a word of the answer.
    static let requests: [(String, String, Int, String)] = [
        ("no HTTP", "GARBAGE\r\n\r\n", 400, ""),
        ("a length that is none", head("content-length: x"), 400, ""),
        (
            "two framings", head("content-length: 2", "transfer-encoding: chunked") + "0\r\n\r\n",
            400, ""
        ),
        ("no host", "POST / HTTP/1.1\r\n\(close)\r\n\r\n", 400, ""),
        ("two hosts", head("host: y", "content-length: 0"), 400, ""),
        (
            "chunks in HTTP/1.0", "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            400, ""
        ),
        (
            "another transfer coding", head("transfer-encoding: gzip, chunked") + "0\r\n\r\n", 400,
            ""
        ),
        ("a field without a name", head(": x"), 400, ""),
        ("a space in a field's name", head("a b: x"), 400, ""),
        ("fields without end", head("x: " + String(repeating: "a", count: 100_000)), 400, ""),
        (
            "a chunk's length that is none", head(json, "transfer-encoding: chunked") + "zz\r\n",
            400, ""
        ),
        ("not JSON", post("{"), 400, "not JSON"),
        ("another JSON value", post("[]"), 400, "not an object"),
        ("no body", post(""), 400, "not JSON"),
        ("text that is no UTF-8", post("{\"time\":\"\u{FFFD}\"}"), 400, "time"),
        ("a wrong field", post(#"{"time":"yesterday"}"#), 400, "time"),
        ("no media type", head("content-length: 2", close) + "{}", 415, "application/json"),
        (
            "a packed body",
            head(json, "content-encoding: gzip", "content-length: 2", close) + "{}", 415,
            "content-encoding"
        ),
        (
            "a scheduler's default media type",
            head("content-type: application/octet-stream", "content-length: 2", close) + "{}", 415,
            "application/json"
        ),
        (
            "a form",
            head("content-type: application/x-www-form-urlencoded", "content-length: 2", close)
                + "{}", 415, "application/json"
        ),
        (
            "a batch",
            head("content-type: application/cloudevents-batch+json", "content-length: 2", close)
                + "[]", 415, "batches"
        ),
        (
            "an unknown event format",
            head("content-type: application/cloudevents+xml", "content-length: 2", close) + "{}",
            415, "cloudevents+json"
        ),
        ("two media types", head(json, json, "content-length: 2", close) + "{}", 400, "repeated"),
        (
            "no event in the envelope",
            head("content-type: application/cloudevents+json", "content-length: 2", close) + "{}",
            400, "specversion"
        ),
        ("an attribute twice", event("ce-id: 2"), 400, "ce-id"),
        ("an attribute that is no UTF-8", event("ce-subject: %C0%A0"), 400, "ce-subject"),
        (
            "datacontenttype as a field", event("ce-datacontenttype: text/plain"), 400,
            "ce-datacontenttype"
        ),
        (
            "an event of another function", event(type: "copilot-usage.collect"), 400,
            "another function"
        ),
        ("an unknown event of ours", event(type: "copilot-usage.tock"), 400, "another function"),
        (
            "a payload of another type",
            event("content-type: text/plain", "content-length: 2", body: "{}"), 400,
            "datacontenttype"
        ),
        (
            "a body that breaks the announced limit",
            head(json, "content-length: 99999999999", close), 413, "larger"
        ),
    ]

    private static let json = "content-type: application/json"
    private static let close = "connection: close"

    private static func head(_ fields: String...) -> String {
        "POST / HTTP/1.1\r\nhost: x\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n"
    }

    private static func post(_ body: String) -> String {
        head(json, "content-length: \(body.utf8.count)", close) + body
    }

    private static func event(
        _ fields: String..., type: String = "dev.knative.sources.ping", body: String = ""
    ) -> String {
        let required = [
            "ce-specversion: 1.0", "ce-id: 1", "ce-source: /s", "ce-type: \(type)", close,
        ]
        return "POST / HTTP/1.1\r\nhost: x\r\n"
            + (required + fields).map { "\($0)\r\n" }.joined() + "\r\n" + body
    }

    @Test("of many connections takes a bounded memory, and is to be sent again later")
    func budget() async throws {
        let limits = HTTPHost.Limits(server: HTTPServer.Limits(bodiesByteCountMax: 1_000))
        try await Hosted.serving(.onDailyTick, limits: limits) { host in
            // What a request took is free again after its answer.
            for _ in 0..<5 {
                let small = try await host.post(String(repeating: " ", count: 900) + "[]")
                #expect(small.status == 400)
            }
            let large = try await host.post(String(repeating: " ", count: 1_500))
            #expect(large.status == 429 && large.fields["retry-after"] == "1")
        }
    }

    @Test("gets the status that says what is wrong, and the host goes on")
    func requests() async throws {
        try await Hosted.serving(.onDailyTick) { host in
            for (what, request, status, word) in Self.requests {
                let reply = try await host.raw(request)
                #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(what): \(reply)")
                #expect(reply.contains(word), "\(what): \(reply)")
                if !word.isEmpty {
                    #expect(reply.contains(#"{"error":{"code":"#), "\(what): \(reply)")
                }
            }
            #expect(try await host.send("GET", "/healthz").status == 200)
        }
    }

    @Test("is not read further than the limit, announced or not")
    func tooLarge() async throws {
        let limits = HTTPHost.Limits(
            server: HTTPServer.Limits(bodyByteCountMax: 10_000, bodyTime: .seconds(5)))
        try await Hosted.serving(.onDailyTick, limits: limits) { host in
            let fits = #"{"time":"2026-11-22T06:00:00Z"}"#
            let padded = fits + String(repeating: " ", count: 10_000 - fits.utf8.count)
            #expect(try await host.post(padded).status == 200)
            #expect(try await host.post(padded + " ").status == 413)

            let piece = String(repeating: " ", count: 1_000)
            for count in [11, 70, 200] {
                let chunks = String(repeating: "3e8\r\n\(piece)\r\n", count: count)
                let reply = try await host.raw(
                    "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                        + "transfer-encoding: chunked\r\nconnection: close\r\n\r\n\(chunks)0\r\n\r\n"
                )
                // Beyond eight times the limit the connection may break before the answer is read.
                #expect(reply.hasPrefix("HTTP/1.1 413 ") || count == 200, "\(count): \(reply)")
            }
            // What no path takes is read and thrown away, as far as it is not too much.
            let lost = try await host.send("POST", "/nothing", [:], body: piece)
            #expect(lost.status == 404)
            #expect(try await host.send("GET", "/healthz").status == 200)
        }
    }

    @Test("is answered before its end, and the connection closes", arguments: ["/", "/?q="])
    func endlessLine(path: String) async throws {
        try await Hosted.serving(.onDailyTick) { host in
            let line = "GET \(path)" + String(repeating: "a", count: 10_000_000)
            for end in [" HTTP/1.1\r\nhost: x\r\n\r\n", ""] {
                // The exchange ends when the connection does.
                let time = try await ContinuousClock().measure {
                    let reply = try await host.raw(line + end)
                    #expect(reply.hasPrefix("HTTP/1.1 400 "), "\(reply)")
                }
                #expect(time < .seconds(4), "\(time)")
            }
            #expect(try await host.send("GET", "/healthz").status == 200)
        }
    }

    @Test("is given up when it is slow: head, body, and a connection that says nothing")
    func slow() async throws {
        // One limit each, so that no machine is slow enough for the other one to come first.
        let slowBody = HTTPHost.Limits(server: HTTPServer.Limits(bodyTime: .milliseconds(200)))
        try await Hosted.serving(.onDailyTick, limits: slowBody) { host in
            let body = try await host.raw(
                "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                    + "content-length: 10\r\n\r\n{")
            #expect(body.hasPrefix("HTTP/1.1 408 "), "\(body)")
            #expect(body.contains("timedOut"))
            #expect(try await host.send("GET", "/healthz").status == 200)
        }
        let idle = HTTPHost.Limits(server: HTTPServer.Limits(idleTime: .milliseconds(400)))
        try await Hosted.serving(.onDailyTick, limits: idle) { host in
            for start in ["POST / HTTP/1.1\r\nhost: ", ""] {
                let answer = try await host.raw(start)
                #expect(answer.isEmpty, "\(answer)")
            }
            #expect(try await host.send("GET", "/healthz").status == 200)
        }
    }

    @Test("may wait for a word before it sends its body")
    func expectContinue() async throws {
        try await Hosted.serving(.onDailyTick) { host in
            let body = RoutesTests.tick
            let head =
                "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                + "expect: 100-continue\r\nconnection: close\r\n"
            let invited = try await host.raw(
                head + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(invited.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 "), "\(invited)")
            let refused = try await host.raw(head + "content-length: 2000000\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 413 "), "\(refused)")
        }
    }
}
