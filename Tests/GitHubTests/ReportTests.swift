import Domain
import GitHub
import Ports
import Testing

private let page = "<!DOCTYPE html>\n<html><body>Blocked</body></html>"
private let html = ["content-type": "text/html; charset=utf-8"]

@Suite("A report", .timeLimit(.minutes(5)))
struct ReportTests {
    private let asked = day("2026-11-21")
    private static let link =
        "https://copilot-reports.github.com/users-1-day-report/part-00000?se=x&sig=SECRET"

    private func report(
        _ answer: Result<HTTPClientResponse, Failure>
    ) async throws -> ReportAvailability {
        try await Bench(answers: answer).client.report(
            .users, of: acme, day: asked, token: token)
    }

    @Test("is requested by organization, name and day", arguments: Source.reports)
    func address(source: Source) async throws {
        let bench = try Bench(answers: .json(204, ""))
        _ = try await bench.client.report(source, of: acme, day: asked, token: token)
        #expect(
            bench.paths == [
                "GET /orgs/acme/copilot/metrics/reports/\(source.rawValue)?day=2026-11-21"
            ])
    }

    @Test(
        "is not ready, never zero, in all the ways that GitHub reports none",
        arguments: [
            (204, ""), (200, ""), (200, " \r\n"), (200, "null"), (200, #""""#),
            (200, #""No report available""#),
            (200, #"{"download_links": [], "report_day": "2026-11-21"}"#),
            (200, #"{"download_links": null, "report_day": "2026-11-21"}"#),
            (200, #"{"report_day": "2026-11-21"}"#), (404, #"{"message": "Not Found"}"#),
        ])
    func notReady(status: Int, body: String) async throws {
        guard case .notReady(let reason) = try await report(.json(status, body)) else {
            Issue.record("the report should not be ready")
            return
        }
        #expect(reason.contains("2026-11-21"))
    }

    @Test(
        "has all of its files, in both forms of links",
        arguments: [
            (#"["\#(link)"]"#, 1), (#"["\#(link)", "\#(link)"]"#, 2),
            (#"[{"url": "\#(link)"}, "\#(link)"]"#, 2),
        ])
    func ready(links: String, count: Int) async throws {
        let answer = try await report(
            .json(200, #"{"download_links": \#(links), "report_day": "2026-11-21"}"#))
        guard case .ready(let found) = answer else {
            Issue.record("no report: \(answer)")
            return
        }
        #expect(found.map(\.host) == Array(repeating: "copilot-reports.github.com", count: count))
        #expect(!"\(answer)".contains("SECRET"))
    }

    @Test(
        "fails if it is for another day or cannot be decoded completely",
        arguments: [
            #"{"download_links": ["\#(link)"], "report_day": "2026-11-20"}"#,
            #"{"download_links": ["ftp://host/x"], "report_day": "2026-11-21"}"#,
            #"{"download_links": ["\#(link)", "nowhere"], "report_day": "2026-11-21"}"#,
            #"{"download_links": [{"href": "x"}], "report_day": "2026-11-21"}"#,
            #"{"download_links": "\#(link)"}"#, "[]", "7", "{", "{}", #"{"error": "blocked"}"#,
        ])
    func malformed(body: String) async throws {
        let bench = try Bench(answers: .json(200, body))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.report(.users, of: acme, day: asked, token: token)
        }
        #expect(failure.code == .malformedReply)
        #expect(!failure.message.contains("SECRET"))
    }
}

@Suite("A report file", .timeLimit(.minutes(5)))
struct DownloadTests {
    /// Requests a report whose only file has the given URL, then opens the file.
    private func open(
        _ url: String, hosts: String? = nil, _ answers: Result<HTTPClientResponse, Failure>...
    ) async throws -> (bench: Bench, outcome: Result<HTTPBody, Failure>) {
        let links = #"{"download_links": ["\#(url)"], "report_day": "2026-11-21"}"#
        let rest = Script([.json(200, links)] + answers)
        let bench = try Bench(reportHosts: hosts) { _ throws(Failure) in try rest.next() }
        let answer = try await bench.client.report(
            .users, of: acme, day: day("2026-11-21"), token: token)
        guard case .ready(let links) = answer, let link = links.first else {
            throw Failure(.notReady, "the script names no file")
        }
        do {
            return (bench, .success(try await bench.client.download(link)))
        } catch {
            return (bench, .failure(error))
        }
    }

    @Test("is downloaded without a token, from a public address, as a stream")
    func fetched() async throws {
        let url = "https://copilot-reports.github.com/part?sig=a%2Fb"
        let (bench, outcome) = try await open(
            url, .success(HTTPClientResponse(status: 200, body: HTTPBody(chunks: [[1, 2], [3]]))))
        let body = try outcome.get()
        #expect(try await body.next() == [1, 2])
        #expect(try await body.next() == [3])
        #expect(try await body.next() == nil)
        let request = try #require(bench.requests.last)
        #expect(request.url == url)
        #expect(request.secretFields.isEmpty)
        #expect(request.fields["authorization"] == nil)
        #expect(request.addressPolicy == .publicAddresses)
    }

    @Test(
        "is downloaded from allowed hosts",
        arguments: [
            ("https://copilot-reports.github.com/x", nil),
            ("https://COPILOT-reports.GitHub.com:443/x", nil),
            ("https://usage1.blob.core.windows.net/x", nil),
            ("https://files.example/x", "files.example"),
            ("https://a.b.files.example/x", "other.example, *.files.example"),
        ] as [(String, String?)])
    func allowed(url: String, hosts: String?) async throws {
        let (bench, outcome) = try await open(url, hosts: hosts, .json(200, "x"))
        #expect(try await outcome.get().bytes() == [UInt8(ascii: "x")])
        #expect(bench.requests.last?.addressPolicy == .publicAddresses)
    }

    @Test(
        "can be on loopback if the operator names the port",
        arguments: ["http://127.0.0.1:8081/x", "http://[::1]:8081/x", "http://localhost:8081/x"])
    func loopback(url: String) async throws {
        let (bench, outcome) = try await open(
            url, hosts: "127.0.0.1:8081,[::1]:8081,localhost:8081", .json(200, "x"))
        #expect(try await outcome.get().bytes().count == 1)
        #expect(bench.requests.last?.addressPolicy == .anywhere)
    }

    @Test(
        "is not downloaded from any other host, to which nothing is sent",
        arguments: [
            ("https://evil.example/x?sig=SECRET", nil),
            ("http://copilot-reports.github.com/x", nil),
            ("https://copilot-reports.github.com:8443/x", nil),
            ("https://copilot-reports.github.com.evil.example/x", nil),
            ("https://blob.core.windows.net/x", nil), ("https://evilblob.core.windows.net/x", nil),
            ("http://127.0.0.1/x", nil), ("http://169.254.169.254/latest/meta-data", nil),
            ("http://127.0.0.1:8082/x", "127.0.0.1:8081"),
            ("http://10.0.0.7:8081/x", "10.0.0.7:8081"),
            ("https://copilot-reports.github.com/x", "files.example"),
        ] as [(String, String?)])
    func forbidden(url: String, hosts: String?) async throws {
        let (bench, outcome) = try await open(url, hosts: hosts)
        let failure = try #require(throws: Failure.self) { try outcome.get() }
        #expect(failure.code == .untrustedHost)
        #expect(failure.message.contains("GITHUB_REPORT_HOSTS"))
        #expect(!failure.message.contains("SECRET"))
        #expect(bench.requests.count == 1)
    }

    @Test(
        "reports why it cannot be downloaded",
        arguments: [
            (401, Failure.Code.forbidden), (403, .forbidden), (410, .forbidden), (404, .notReady),
            (206, .malformedReply), (418, .malformedReply),
        ])
    func refused(status: Int, code: Failure.Code) async throws {
        let (bench, outcome) = try await open(
            "https://copilot-reports.github.com/x?sig=SECRET",
            .json(status, "", ["location": "https://copilot-reports.github.com/y"]))
        let failure = try #require(throws: Failure.self) { try outcome.get() }
        #expect(failure.code == code)
        #expect(!failure.message.contains("SECRET"))
        #expect(bench.requests.count == 2)
    }

    @Test(
        "names the cure if the host resolves to a private address, and nothing more is sent",
        arguments: [
            ("copilot-reports.github.com", "https://copilot-reports.github.com/x?sig=SECRET"),
            ("usage1.blob.core.windows.net", "https://usage1.Blob.core.windows.net:443/x"),
        ])
    func privateAddress(host: String, url: String) async throws {
        let (bench, outcome) = try await open(url, .failure(.notPublic(host)))
        let failure = try #require(throws: Failure.self) { try outcome.get() }
        #expect(failure.code == .untrustedHost)
        for words in ["\(host) does not have a public address", "GITHUB_REPORT_HOSTS"] {
            #expect(failure.message.contains(words), "\(failure.message)")
        }
        #expect(!failure.message.contains("SECRET"))
        #expect(bench.requests.count == 2)
        // The entry that the message asks for lifts the policy.
        let entry = try #require(failure.message.firstMatch(of: /write (\S+),/)?.output.1)
        let (cured, later) = try await open(
            url, hosts: "*.blob.core.windows.net,\(entry)", .json(200, "x"))
        #expect(try await later.get().bytes().count == 1)
        #expect(cured.requests.last?.addressPolicy == .anywhere)
    }

    @Test("does not name that cure for a certificate that is not trusted")
    func certificate() async throws {
        let reason = "copilot-reports.github.com: self-signed certificate. Set SSL_CERT_FILE."
        let (_, outcome) = try await open(
            "https://copilot-reports.github.com/x", .failure(Failure(.untrustedHost, reason)))
        let failure = try #require(throws: Failure.self) { try outcome.get() }
        #expect(failure == Failure(.untrustedHost, reason))
    }

    @Test(
        "is asked for again if a proxy or filter answers in its place, and the reason says so",
        arguments: [
            (200, page, html), (400, page, html), (401, page, [:]), (403, page, html),
            (403, page, [:]), (404, page, html), (404, "\u{FEFF}" + page, [:]), (410, page, html),
            (418, page, html), (301, "", ["location": "https://filter.example/"]),
            (302, page, html), (307, "", [:]), (308, "", [:]), (407, page, html), (407, "", [:]),
        ])
    func filtered(status: Int, body: String, fields: [String: String]) async throws {
        let answer = { Result.json(status, body, fields) }
        let (bench, outcome) = try await open(
            "https://copilot-reports.github.com/x?sig=SECRET", answer(), answer(), answer())
        let failure = try #require(throws: Failure.self) { try outcome.get() }
        #expect(failure.code == .unavailable)
        #expect(failure.message.contains("proxy"), "\(failure.message)")
        #expect(!failure.message.contains("SECRET") && !failure.message.contains("filter.example"))
        // The link is good all the same.
        #expect(bench.requests.count == 4)
        let (_, later) = try await open(
            "https://copilot-reports.github.com/x", answer(), .json(200, "x"))
        #expect(try await later.get().bytes() == [UInt8(ascii: "x")])
    }

    @Test(
        "is refused by the storage, whatever type it gives its answer",
        arguments: [
            (403, #"<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code></Error>"#),
            (403, ""), (404, #"<?xml version="1.0"?><Error><Code>BlobNotFound</Code></Error>"#),
            (404, #"{"message": "Not Found"}"#),
        ], ["application/xml", "text/plain", nil])
    func refusedByStorage(answer: (status: Int, body: String), type: String?) async throws {
        let (bench, outcome) = try await open(
            "https://copilot-reports.github.com/x",
            .json(answer.status, answer.body, type.map { ["content-type": $0] } ?? [:]))
        let failure = try #require(throws: Failure.self) { try outcome.get() }
        #expect(failure.code == (answer.status == 403 ? .forbidden : .notReady))
        #expect(bench.requests.count == 2)
    }

    @Test(
        "is asked for again if its refusal breaks off, because that may be a page",
        arguments: [403, 404])
    func refusedHalfway(status: Int) async throws {
        let broken = HTTPClientResponse(
            status: status,
            body: HTTPBody { () throws(Failure) in throw Failure(.unavailable, "it broke off") })
        let (_, outcome) = try await open(
            "https://copilot-reports.github.com/x", .success(broken), .json(200, "x"))
        #expect(try await outcome.get().bytes().count == 1)
    }

    @Test("is opened again after a temporary failure, but not read again")
    func opened() async throws {
        let broken = HTTPClientResponse(
            status: 200,
            body: HTTPBody { () throws(Failure) in throw Failure(.unavailable, "it broke off") })
        let (bench, outcome) = try await open(
            "https://copilot-reports.github.com/x", .json(503), .success(broken))
        let body = try outcome.get()
        let failure = try await failure { () async throws(Failure) in try await body.next() }
        #expect(failure.code == .unavailable)
        #expect(bench.requests.count == 3)
    }
}
