import Domain
import Ports
import Testing
import Toolbox

@testable import RemoteWrite

@Suite("Remote-write settings")
struct SettingsTests {
    @Test(
        "parse headers",
        arguments: [
            ("", [:]), (" \n ", [:]), ("X-Scope-OrgID: acme", ["x-scope-orgid": "acme"]),
            ("A: 1; B:2", ["a": "1", "b": "2"]), ("A:1;", ["a": "1"]),
            ("A: 1\nB: x; y=z\n", ["a": "1", "b": "x; y=z"]), ("A: b:c", ["a": "b:c"]),
            ("A: 1\r\nB: 2", ["a": "1", "b": "2"]),
            ("Authorization: ApiKey k", ["authorization": "ApiKey k"]),
        ])
    func headers(text: String, expected: [String: String]) throws {
        let headers = try RemoteWriteSettings.parseHeaders(text)
        #expect(headers.mapValues { $0.reveal { $0 } } == expected)
    }

    @Test(
        "refuse malformed headers and those that a user must not set",
        arguments: [
            ("hunter2", "header 1"), ("A: 1; hunter2", "header 2"), ("A B: hunter2", "header 1"),
            (": hunter2", "header 1"), ("A:", "header 1"), ("A: hunter2\u{7}", "header 1"),
            ("A: 1; a: hunter2", "a twice"), ("Content-Type: hunter2", "content-type"),
            ("X-Prometheus-Remote-Write-Version: hunter2", "x-prometheus-remote-write-version"),
            ("User-Agent: hunter2", "user-agent"), ("Host: hunter2", "host"),
        ])
    func badHeaders(text: String, message: String) {
        let failure = #expect(throws: Failure.self) { try RemoteWriteSettings.parseHeaders(text) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains(message) == true)
        #expect(failure?.message.contains("hunter2") == false)
    }

    @Test(
        "refuse a malformed address, and one with a password",
        arguments: [
            "", "prometheus", "/api/v1/write", "ftp://host/x", "http://", "https://u:p@host/write",
            "https://u@host/write",
        ])
    func addresses(url: String) {
        let failure = #expect(throws: Failure.self) { try RemoteWriteSettings(url: url) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("u:p") == false)
    }

    @Test("refuse two kinds of credentials at once")
    func twoCredentials() {
        let failure = #expect(throws: Failure.self) {
            try RemoteWriteSettings(
                url: "https://host/write", authorization: .bearer(Secret("t")),
                headers: ["authorization": Secret("x")])
        }
        #expect(failure?.code == .misconfigured)
    }

    @Test("show the address without its query")
    func place() throws {
        let settings = try RemoteWriteSettings(url: "http://host:9090/api/v1/write?key=hunter2")
        #expect(settings.place == "host:9090/api/v1/write")
    }

    @Test(
        "know the addresses of Coralogix",
        arguments: [
            ("EU2", "eu2.coralogix.com"), ("us1", "us1.coralogix.com"),
            ("eu2.coralogix.com", "eu2.coralogix.com"), ("coralogix.in", "coralogix.in"),
            ("EU1.Coralogix.com", "eu1.coralogix.com"),
            ("private.eu1.coralogix.com", "private.eu1.coralogix.com"),
        ])
    func coralogix(domain: String, host: String) throws {
        let settings = try RemoteWriteSettings.coralogix(domain: domain, apiKey: Secret("k"))
        #expect(
            settings.url == "https://ingress.\(host)/prometheus/v1"
                + "?appLabelName=cx_application_name&subSystemLabelName=cx_subsystem_name")
        #expect(settings.limits.labelValueByteCountMax == 512)
    }

    @Test(
        "refuse what is not a Coralogix domain",
        arguments: [
            "", "eu9", "eu2.coralogix.com/x", "https://eu2.coralogix.com", "a b.com", "-a.com",
            "a..com", "ingress.eu2.coralogix.com", "user@eu2.coralogix.com",
        ])
    func notCoralogix(domain: String) {
        let failure = #expect(throws: Failure.self) {
            try RemoteWriteSettings.coralogix(domain: domain, apiKey: Secret("k"))
        }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("coralogix:eu2.coralogix.com") == true)
    }

    @Test(
        "parse Retry-After as seconds or as a date",
        arguments: [
            ("0", Duration.zero), ("120", .seconds(120)), ("-1", nil), ("soon", nil), ("", nil),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)),
            ("Sun, 06 Nov 1994 08:48:00 GMT", .zero), ("Sun, 06 Now 1994 08:49:37 GMT", nil),
        ])
    func retryAfter(field: String, expected: Duration?) throws {
        let now = try #require(Timestamp("1994-11-06T08:49:00Z"))
        #expect(RetryAfter.duration(field, now: now) == expected)
    }
}
