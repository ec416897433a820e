import Domain
import Fakes
import GitHub
import InMemory
import Ports
import Synchronization

/// A GitHub with fixed responses about one organization, which can change between two runs.
final class ScriptedGitHub: Sendable {
    struct Answers {
        /// The responses to requests for reports: a status and a body.
        var envelopes: [Source: (status: Int, body: String)] = [:]
        /// The files of a report.
        ///
        /// The links in `expiredLinks` have expired.
        var files: [Source: [String]] = [:]
        var expiredLinks: Set<String> = []
        var token: (status: Int, body: String) = (
            201, #"{"token":"ghs_planted","expires_at":"2026-11-22T07:00:00Z","permissions":{}}"#
        )
        var billing: (status: Int, body: String) = (200, #"{"usageItems":[]}"#)
        var members: (status: Int, body: String) = (200, ScriptedGitHub.members([]))
    }

    let answers: Mutex<Answers>
    let requests = Mutex<[String]>([])

    init(_ answers: Answers) { self.answers = Mutex(answers) }

    func change(_ body: (inout Answers) -> Void) { answers.withLock { body(&$0) } }

    /// The requested paths, in order.
    var paths: [String] { requests.withLock { $0 } }

    static func members(_ nodes: [String]) -> String {
        """
        {"data":{"organization":{"membersWithRole":{"totalCount":\(nodes.count),
        "pageInfo":{"hasNextPage":false,"endCursor":null},
        "nodes":[\(nodes.joined(separator: ","))]}}}}
        """
    }

    func client(clock: any WallClock) throws -> GitHubClient {
        GitHubClient(
            endpoints: try GitHubEndpoints(
                api: "https://api.test", server: "https://web.test",
                reportHosts: "files.test"),
            app: GitHubApp(
                id: "1", clientID: "Iv1.test", clientSecret: Secret("s"), slug: "copilot-usage"),
            signer: NoSigner(),
            transport: ScriptedTransport { request throws(Failure) in try self.answer(request) },
            hashing: NoHashing(), clock: clock, time: ManualTime(), entropy: SeededEntropy(seed: 1))
    }

    private func answer(_ request: HTTPClientRequest) throws(Failure) -> HTTPClientResponse {
        let path = String(request.url.drop { $0 != "." }.drop { $0 != "/" })
        requests.withLock { $0.append(path) }
        let answers = answers.withLock { $0 }
        let isFile = request.url.hasPrefix("https://files.test/")
        if isFile {
            guard request.secretFields.isEmpty, request.addressPolicy == .publicAddresses else {
                throw Failure(.unavailable, "a token was sent to the report host")
            }
            let parts = path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
            guard !answers.expiredLinks.contains(parts[2]), let source = Source(rawValue: parts[0]),
                let number = Int(parts[1]), let files = answers.files[source]
            else { return HTTPClientResponse(status: 403, bytes: []) }
            return HTTPClientResponse(status: 200, bytes: Array(files[number].utf8))
        }
        let reply: (status: Int, body: String)
        if path.hasSuffix("/access_tokens") {
            reply = answers.token
        } else if path == "/graphql" {
            reply = answers.members
        } else if path.contains("/settings/billing/usage/summary") {
            reply = answers.billing
        } else if let source = Source.reports.first(where: { path.contains("/\($0.rawValue)?") }) {
            reply = answers.envelopes[source] ?? envelope(source, answers)
        } else {
            reply = (404, #"{"message":"Not Found"}"#)
        }
        return HTTPClientResponse(status: reply.status, bytes: Array(reply.body.utf8))
    }

    // Links contain the number of the request, so a renewed link differs from the expired one.
    private func envelope(_ source: Source, _ answers: Answers) -> (status: Int, body: String) {
        guard let files = answers.files[source] else { return (204, "") }
        let turn = paths.count { $0.contains("/\(source.rawValue)?") }
        let links = files.indices.map {
            "\"https://files.test/\(source.rawValue)/\($0)/\(source.rawValue)-\(turn)?sig=x\""
        }
        return (
            200,
            #"{"report_day":"2026-11-21","download_links":[\#(links.joined(separator: ","))]}"#
        )
    }
}

private struct NoSigner: AppSigner {
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] { [1, 2, 3] }
}

/// Weak hashes, for tests in which only repeatability matters.
struct NoHashing: Hashing {
    func sha256(_ message: [UInt8]) -> [UInt8] { hmac(message, key: []) }

    func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 7, count: 32)
        for (index, byte) in (key + message).enumerated() {
            code[index % 32] = code[index % 32] &* 31 &+ byte
        }
        return code
    }

    func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool { lhs == rhs }
}
