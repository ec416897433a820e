import CurlHTTP
import Deployment
import Domain
import Ports
import TestSupport
import Testing

/// The function host as it is deployed, serving HTTP on a port of its own.
struct ServedFunction: Sendable {
    let process: ChildProcess
    let port: Int
    private static let client = CurlTransport()

    var url: String { "http://127.0.0.1:\(port)" }

    /// An answer.
    struct Reply: Sendable {
        let status: Int
        let fields: [String: String]
        let text: String
    }

    /// Posts a message.
    func post(_ fields: [String: String], _ body: String = "") async throws -> Reply {
        let reply = try await Self.client.send(
            HTTPClientRequest("POST", "\(url)/", fields: fields, body: Array(body.utf8)))
        return Reply(
            status: reply.status, fields: reply.fields,
            text: String(decoding: try await reply.body.bytes(), as: UTF8.self))
    }

    /// Posts a bare JSON event.
    func post(_ body: String) async throws -> Reply {
        try await post(["content-type": "application/json"], body)
    }
}

extension Stage {
    /// The token of pages that other machines can reach.
    static let setupToken = "planted-setup-token-4711"

    /// Serves a function while `body` runs.
    ///
    /// - Parameters:
    ///   - name: The function.
    ///   - changes: Variables beside those of the stage.
    ///   - body: Is given the function once it takes requests.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why the function is not served.
    func serving<Result: Sendable>(
        _ name: String, with changes: [String: String?] = [:],
        _ body: (ServedFunction) async throws -> Result
    ) async throws -> Result {
        let variables = ["PORT": "0", "EVENT_BUS": nil].merging(changes) { $1 }
        return try await ChildProcess.withRunning(
            BuiltProgram.functions, [name], environment: environment.merging(variables) { $1 },
            in: folder
        ) { process in
            try await process.wait(for: "serving HTTP") {
                process.output.contains("serving HTTP")
            }
            let line = try #require(
                process.output.split(separator: "\n").first { $0.contains("serving HTTP") })
            let port = try json(String(line))["metadata"]?["port"]?.text.flatMap { Int($0) }
            return try await body(ServedFunction(process: process, port: try #require(port)))
        }
    }

    /// Authorizes through the web routes of the function host, as a person's browser does.
    ///
    /// - Returns: The last page and its status.
    @discardableResult
    func authorizeOverHTTP(
        with changes: [String: String?] = [:]
    ) async throws -> (status: Int, page: String) {
        let own = ["PORT": String(port), "SETUP_TOKEN": Self.setupToken] as [String: String?]
        return try await serving("onAuthorizeCallback", with: own.merging(changes) { $1 }) {
            host in
            let begun = try await Self.get(
                "\(host.url)/authorize?name=over-http&token=\(Self.setupToken)")
            #expect(begun.status == 302)
            let cookie = try #require(begun.fields["set-cookie"]).prefix { $0 != ";" }
            let consent = try await Self.get(try #require(begun.fields["location"]))
            let back = try #require(consent.fields["location"])
            #expect(back.hasPrefix("\(host.url)/authorize/callback?"))
            // Another browser, which has no cookie, gets nowhere.
            #expect(try await Self.get(back).status == 400)
            let done = try await Self.get(back, cookie: String(cookie))
            let again = try await Self.get(back, cookie: String(cookie))
            #expect(again.status == 400)
            #expect(again.page.contains("already used"))
            return (done.status, done.page)
        }
    }
}
