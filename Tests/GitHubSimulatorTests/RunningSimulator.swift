import CurlHTTP
import Domain
import Fakes
import GitHubSimulator
import InMemory
import OpenSSLCrypto
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A running simulator and an HTTP client for it.
struct RunningSimulator: Sendable {
    static let callback = "http://127.0.0.1:8080/authorize/callback"
    static let clientSecret = "client-secret-of-the-tests"
    /// One key for all tests, because generating one takes a tenth of a second.
    static let appKey = RSAKeyPair.generate(bits: 2_048)
    static let strangeKey = RSAKeyPair.generate(bits: 2_048)
    /// 06:00 on the day after the last day of ``world(organizations:users:)``.
    static let morning = Timestamp(startOf: lastDay.advanced(by: 1)).advanced(by: .seconds(21_600))
    static let firstDay = Day(number: 20_543)  // 2026-03-31
    static let lastDay = Day(number: 20_552)  // 2026-04-09

    let github: SimulatedGitHub
    let clock: ManualClock
    let addresses: SimulatorAddresses
    private let transport = CurlTransport()

    static func world(organizations: Int = 2, users: Int = 12) -> World {
        .generated(
            organizations: organizations, users: users, seed: 7, firstDay: firstDay,
            lastDay: lastDay)
    }

    /// Runs a simulator; the owner consents automatically unless `configure` changes that.
    static func run(
        world: World = world(), scenario: String = "plain",
        configure: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: (RunningSimulator) async throws -> Void
    ) async throws {
        var world = world
        var configuration = SimulatorConfiguration(
            app: RegisteredApp(
                clientSecret: Secret(clientSecret), callbackURLs: [callback],
                privateKey: appKey.privateKey),
            consent: .automatic(login: Person.owner.login))
        guard let scenario = Scenario.named(scenario) else {
            throw Failure(.notFound, "there is no scenario \(scenario)")
        }
        scenario.apply(to: &world, &configuration)
        configure(&configuration)
        let clock = ManualClock(morning)
        let github = try SimulatedGitHub(
            configuration: configuration, world: world, clock: clock)
        try await github.withRunning { addresses in
            try await body(RunningSimulator(github: github, clock: clock, addresses: addresses))
        }
    }

    /// A response.
    struct Reply {
        let status: Int
        let fields: [String: String]
        let bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }
        var json: JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }
        var message: String? { json?["message"]?.text }
        /// The query parameters of a redirect's URL.
        var redirect: [String: String] {
            let components = URLComponents(string: fields["location"] ?? "")
            let items = components?.queryItems ?? []
            return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
        }
    }

    /// Sends a GET request to the API, with a correct client's header fields unless `fields` replaces them.
    func get(
        _ path: String, token: String? = nil, fields: [String: String] = [:]
    ) async throws -> Reply {
        try await send("GET", path, token: token, fields: fields, body: "")
    }

    /// Sends a POST request to the API, with a correct client's header fields unless `fields` replaces them.
    func post(
        _ path: String, token: String? = nil, fields: [String: String] = [:], body: String = ""
    ) async throws -> Reply {
        try await send("POST", path, token: token, fields: fields, body: body)
    }

    private func send(
        _ method: String, _ path: String, token: String?, fields: [String: String], body: String
    ) async throws -> Reply {
        var all = [
            "accept": "application/json", "user-agent": "tests",
            "x-github-api-version": "2026-03-10",
        ]
        if let token { all["authorization"] = "Bearer \(token)" }
        all.merge(fields) { $1 }
        return try await fetch(addresses.api + path, method: method, fields: all, body: body)
    }

    /// Sends a request to any URL, with only these header fields.
    func fetch(
        _ address: String, method: String = "GET", fields: [String: String] = [:],
        body: String = ""
    ) async throws -> Reply {
        let reply = try await transport.send(
            HTTPClientRequest(method, address, fields: fields, body: Array(body.utf8)))
        return Reply(
            status: reply.status, fields: reply.fields, bytes: try await reply.body.bytes())
    }
}
