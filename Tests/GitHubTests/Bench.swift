import Domain
import Fakes
import GitHub
import InMemory
import OpenSSLCrypto
import Ports
import Synchronization
import Testing

/// A client with a scripted GitHub and a clock that stands still.
struct Bench {
    static let noon = Timestamp(seconds: 1_795_348_800)

    let clock = ManualClock(Self.noon)
    let time: ManualTime
    let transport: ScriptedTransport
    let client: GitHubClient

    /// Creates a client whose requests are answered by a closure.
    init(
        appID: String = "42", reportHosts: String? = nil, enterprise: EnterpriseAccount? = nil,
        _ answer:
            @escaping @Sendable (HTTPClientRequest) async throws(Failure) -> HTTPClientResponse
    ) throws {
        time = ManualTime(moving: clock)
        transport = ScriptedTransport(answer)
        client = GitHubClient(
            endpoints: try GitHubEndpoints(reportHosts: reportHosts),
            app: GitHubApp(
                id: appID, clientID: "Iv1.example", clientSecret: Secret("app-secret"),
                slug: "copilot-usage"),
            enterprise: enterprise, signer: EchoSigner(), transport: transport,
            hashing: OpenSSLHashing(), clock: clock,
            time: time, entropy: SeededEntropy(seed: 7), limiter: GitHubClient.makeLimiter(),
            pageSizes: PageSizes())
    }

    /// Creates a client whose requests receive these responses, in order.
    init(reportHosts: String? = nil, answers: Result<HTTPClientResponse, Failure>...) throws {
        let script = Script(answers)
        try self.init(reportHosts: reportHosts) { _ throws(Failure) in try script.next() }
    }

    var requests: [HTTPClientRequest] { transport.requests }

    /// The requests so far, by method and path.
    var paths: [String] { requests.map { "\($0.method) \($0.path)" } }
}

/// Responses in order.
///
/// A request beyond the last one fails the test.
final class Script: Sendable {
    private let rest: Mutex<ArraySlice<Result<HTTPClientResponse, Failure>>>

    init(_ answers: [Result<HTTPClientResponse, Failure>]) { rest = Mutex(answers[...]) }

    func next() throws(Failure) -> HTTPClientResponse {
        guard let next = rest.withLock({ $0.popFirst() }) else {
            Issue.record("the script does not expect this request")
            throw Failure(.cancelled, "the script has ended")
        }
        return try next.get()
    }
}

/// A signer that reverses the message, so that a test can see what was signed.
struct EchoSigner: AppSigner {
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] { message.reversed() }
}

extension Result<HTTPClientResponse, Failure> {
    static func json(
        _ status: Int = 200, _ text: String = "{}", _ fields: [String: String] = [:]
    ) -> Self {
        .success(HTTPClientResponse(status: status, fields: fields, bytes: Array(text.utf8)))
    }

    static func message(
        _ status: Int, _ message: String, _ fields: [String: String] = [:]
    ) -> Self {
        .json(status, #"{"message": "\#(message)", "documentation_url": "…"}"#, fields)
    }
}

/// A response that can be made again and again, for a body can be read only once.
struct Reply: Sendable {
    var status = 200
    var text = "{}"
    var fields: [String: String] = [:]

    static func message(_ status: Int, _ message: String) -> Reply {
        Reply(status: status, text: #"{"message": "\#(message)"}"#)
    }

    var response: HTTPClientResponse {
        HTTPClientResponse(status: status, fields: fields, bytes: Array(text.utf8))
    }
}

extension HTTPClientRequest {
    /// The path and the query.
    var path: String {
        let rest = url.drop { $0 != ":" }.dropFirst(3)
        return String(rest.drop { $0 != "/" })
    }

    /// The body as a form.
    var form: [String: String] {
        let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        }
        return Dictionary(
            uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
    }
}

let acme = named("acme")
let token = AccessToken(Secret("ghs_42_token"))

func named(_ login: String) -> OrganizationLogin {
    guard let name = OrganizationLogin(login) else {
        preconditionFailure("\(login) is not a login")
    }
    return name
}

func day(_ text: String) -> Day {
    guard let day = Day(text) else { preconditionFailure("\(text) is not a day") }
    return day
}

/// Runs an operation that must fail, and returns its failure.
func failure<Value>(
    of body: () async throws(Failure) -> Value, at location: SourceLocation = #_sourceLocation
) async throws -> Failure {
    do {
        _ = try await body()
    } catch {
        return error
    }
    Issue.record("it did not fail", sourceLocation: location)
    throw Failure(.cancelled, "it did not fail")
}
