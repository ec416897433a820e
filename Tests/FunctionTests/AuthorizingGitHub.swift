import Authorization
import Domain
import Fakes
import GitHub
import InMemory
import OpenSSLCrypto
import Ports
import Synchronization
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A GitHub with a few accounts, as one person's authorization sees it.
final class AuthorizingGitHub: Sendable {
    /// What GitHub responds to the question for the person's role in an organization.
    enum Membership: Sendable {
        /// The account's role.
        case asRole
        /// That the App lacks the permission to ask.
        case mayNotAsk
        /// Something else.
        case odd(status: Int, body: String)
    }

    /// An account on which the App is installed.
    struct Account: Sendable {
        var id: Int64
        var login: String
        var type = "Organization"
        /// The person's role; nil if the person is not a member.
        var role: String? = "admin"
        var membership = Membership.asRole
        var permissions = [
            "organization_copilot_metrics", "organization_administration", "members",
        ]
        var suspendedAt: String?
    }

    /// The state of GitHub.
    struct World: Sendable {
        var user: (id: Int64, login: String) = (9, "ada")
        var accounts = [Account(id: 1, login: "acme")]
        /// Whether single sign-on hides an organization in the list.
        var isOneHidden = false
        /// The valid codes, and the PKCE challenge of each.
        var codes: [String: String?] = [:]
        var access: Set<String> = []
        /// The accounts that a token reaches, by the token, if not all.
        var reach: [String: Set<Int64>] = [:]
        var refresh: Set<String> = []
        var tokenCount = 0
        /// The status of every response to a path that contains this.
        var outage: (path: String, status: Int)?
        /// What happens just before the first request for a path.
        var before: (path: String, act: @Sendable () async -> Void)?
    }

    private let world: Mutex<World>
    private let hashing = OpenSSLHashing()
    /// The requests so far, by method and path.
    private let asked = Mutex<[String]>([])

    init(_ world: World = World()) { self.world = Mutex(world) }

    var requests: [String] { asked.withLock { $0 } }

    /// The newest access token.
    var latestAccess: String? {
        world.withLock { $0.tokenCount == 0 ? nil : "ghu_\($0.tokenCount)" }
    }

    func change(_ body: (inout World) -> Void) { world.withLock { body(&$0) } }

    /// The person consents: GitHub issues a code that is bound to the challenge in the URL.
    func agree(to location: String) throws -> String {
        let items = try #require(URLComponents(string: location)?.queryItems)
        let challenge = items.first { $0.name == "code_challenge" }?.value
        return world.withLock { world in
            let code = "code-\(world.codes.count)"
            world.codes[code] = .some(challenge)
            return code
        }
    }

    /// Creates a valid pair of tokens.
    func tokens() -> (access: String, refresh: String) {
        world.withLock { $0.makeTokens() }
    }

    // The `line` receives each request, and a closure that has GitHub respond to it.
    func client(
        clock: ManualClock, responseTimeout: Duration = .seconds(30),
        line:
            @escaping @Sendable (
                HTTPClientRequest, @Sendable () async throws(Failure) -> HTTPClientResponse
            ) async throws(Failure) -> HTTPClientResponse = { _, answer throws(Failure) in
                try await answer()
            }
    ) throws -> GitHubClient {
        GitHubClient(
            endpoints: try GitHubEndpoints(),
            app: GitHubApp(
                id: "42", clientID: "Iv1.example", clientSecret: Secret("app-secret"),
                slug: "copilot-usage"),
            signer: Unused(),
            transport: ScriptedTransport { request throws(Failure) in
                try await line(request) { () async throws(Failure) in await self.answer(request) }
            }, hashing: hashing, clock: clock, time: ManualTime(moving: clock),
            entropy: SeededEntropy(seed: 3), responseTimeout: responseTimeout)
    }

    private func answer(_ request: HTTPClientRequest) async -> HTTPClientResponse {
        let url = URLComponents(string: request.url)
        let path = url?.path ?? ""
        asked.withLock { $0.append("\(request.method) \(path)") }
        let before = world.withLock { world in
            defer { if world.before?.path == path { world.before = nil } }
            return world.before
        }
        if let before, before.path == path { await before.act() }
        return world.withLock { world in
            if let outage = world.outage, path.contains(outage.path) {
                return HTTPClientResponse(status: outage.status, bytes: Array("{}".utf8))
            }
            if path == "/login/oauth/access_token" {
                let body = String(decoding: request.body, as: UTF8.self)
                let form = URLComponents(string: "?" + body)?.queryItems ?? []
                return world.tokens(
                    Dictionary(form.map { ($0.name, $0.value ?? "") }) { first, _ in first },
                    challenge: { Base64URL.encode(self.hashing.sha256(Array($0.utf8))) })
            }
            let bearer = request.secretFields["authorization"]?.reveal { String($0.dropFirst(7)) }
            guard world.access.contains(bearer ?? "") else {
                return HTTPClientResponse(
                    status: 401, bytes: Array(#"{"message": "Bad credentials"}"#.utf8))
            }
            return world.read(path, with: bearer ?? "")
        }
    }

    private struct Unused: AppSigner {
        func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
            throw Failure(.misconfigured, "no test authenticates as the App here")
        }
    }
}

extension AuthorizingGitHub.World {
    mutating func makeTokens() -> (access: String, refresh: String) {
        tokenCount += 1
        let pair = ("ghu_\(tokenCount)", "ghr_\(tokenCount)")
        access.insert(pair.0)
        refresh.insert(pair.1)
        return pair
    }

    mutating func tokens(
        _ form: [String: String], challenge: (String) -> String
    ) -> HTTPClientResponse {
        if let old = form["refresh_token"] {
            guard refresh.remove(old) != nil else { return refusal("bad_refresh_token") }
            access.remove("ghu_" + old.dropFirst(4))
        } else {
            guard let bound = codes.removeValue(forKey: form["code"] ?? "") else {
                return refusal("bad_verification_code")
            }
            let proof = form["code_verifier"].map(challenge)
            guard bound == proof else { return refusal("bad_verification_code") }
        }
        let pair = makeTokens()
        return json(
            .object([
                "access_token": .string(pair.access), "expires_in": .integer(28_800),
                "refresh_token": .string(pair.refresh),
                "refresh_token_expires_in": .integer(15_897_600),
            ]))
    }

    func read(_ path: String, with token: String) -> HTTPClientResponse {
        let reached = reach[token]
        let accounts = accounts.filter { reached?.contains($0.id) ?? true }
        switch path {
        case "/user":
            return json(.object(["id": .integer(user.id), "login": .string(user.login)]))
        case "/user/installations":
            return HTTPClientResponse(
                status: 200,
                fields: isOneHidden ? ["x-github-sso": "partial-results; organizations=2"] : [:],
                bytes: JSON.encode(
                    JSONValue.object(["installations": .array(accounts.map(\.installation))])))
        case "/user/memberships/orgs":
            return json(.array(accounts.compactMap(\.listedMembership)))
        default:
            let login = path.split(separator: "/").last.map(String.init)
            guard path.hasPrefix("/user/memberships/orgs/"),
                let account = accounts.first(where: { $0.login == login }), let role = account.role
            else { return HTTPClientResponse(status: 404, bytes: []) }
            switch account.membership {
            case .asRole:
                return json(.object(["state": .string("active"), "role": .string(role)]))
            case .mayNotAsk:
                return json(
                    .object(["message": .string("Resource not accessible by integration")]),
                    status: 403)
            case .odd(let status, let body):
                return HTTPClientResponse(status: status, bytes: Array(body.utf8))
            }
        }
    }

    private func refusal(_ error: String) -> HTTPClientResponse {
        json(.object(["error": .string(error)]))
    }

    private func json(_ value: JSONValue, status: Int = 200) -> HTTPClientResponse {
        HTTPClientResponse(status: status, bytes: JSON.encode(value))
    }
}

extension AuthorizingGitHub.Account {
    /// The membership, if GitHub lists it.
    fileprivate var listedMembership: JSONValue? {
        guard case .asRole = membership, let role else { return nil }
        return .object([
            "state": .string("active"), "role": .string(role),
            "organization": .object([
                "id": .integer(900_000 + id), "login": .string(login),
            ]),
        ])
    }

    fileprivate var installation: JSONValue {
        .object([
            "id": .integer(id), "target_type": .string(type),
            "account": .object([
                "id": .integer(900_000 + id), "login": .string(login), "type": .string(type),
            ]),
            "permissions": .object(
                Dictionary(uniqueKeysWithValues: permissions.map { ($0, .string("read")) })),
            "suspended_at": suspendedAt.map { .string($0) } ?? .null,
        ])
    }
}

extension AuthorizingGitHub {
    /// Stores an integration and its tokens, as an authorization does.
    ///
    /// - Parameters:
    ///   - expiry: When the access token expires.
    ///   - pair: The tokens; nil for new ones.
    func connect(
        _ id: IntegrationID, named name: String = "copilot", in store: MemoryStore,
        at now: Timestamp, until expiry: Timestamp,
        tokens pair: (access: String, refresh: String)? = nil
    ) async throws {
        let pair = pair ?? tokens()
        let tokens = UserTokens(
            access: Secret(pair.access), accessExpires: expiry, refresh: Secret(pair.refresh))
        try await store.put(
            Credentials.seal(tokens, of: id, in: OpenVault()), for: .credentials(id), if: .always)
        let integration = Integration(
            id: id, name: name, tags: SampleTags(application: "copilot"),
            user: GitHubUser(id: 9, login: "ada"), authorizedAt: now, organizations: [])
        try await store.put(JSON.encode(integration), for: .integration(id), if: .always)
    }
}
