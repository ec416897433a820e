import CurlHTTP
import Deployment
import Domain
import Fakes
import GitHubSimulator
import Logging
import OpenSSLCrypto
import Ports
import SystemClock
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A simulated GitHub in this process, a folder, and the real programs against both.
struct Stage: Sendable {
    /// A secret that is planted in the environment of the programs, to be looked for.
    static let clientSecret = "planted-client-secret-6e0f"

    let folder: String
    let github: SimulatedGitHub
    let environment: [String: String?]
    /// Where the local runner is told to listen.
    let port: UInt16

    var metrics: String { "\(folder)/metrics" }

    /// Sets up a stage on which nobody has authorized yet.
    ///
    /// - Parameters:
    ///   - world: What GitHub knows; made up until the day before today when it is nil.
    ///   - users: How many people a made-up organization has.
    ///   - organizations: How many organizations are made up.
    ///   - change: Changes the configuration and the world, for what goes wrong.
    ///   - body: Is given the stage.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why the stage cannot be set.
    static func with<Result: Sendable>(
        _ world: World? = nil, users: Int = 12, organizations: Int = 2,
        change: (inout SimulatorConfiguration, inout World) -> Void = { _, _ in },
        _ body: (Stage) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            let port = try freePort()
            let today = Day(containing: SystemClock().now())
            var world =
                world
                ?? World.generated(
                    organizations: organizations, users: users, seed: 11,
                    firstDay: today.advanced(by: -40), lastDay: today.advanced(by: -1))
            // No test depends on the hour or the weekday that it runs at.
            world.publication.insert(PublicationRule(.published(after: .zero)), at: 0)
            world.updateAll { $0.history.worksOnWeekends() }
            let keys = RSAKeyPair.generate(bits: 2_048)
            var configuration = SimulatorConfiguration(
                app: RegisteredApp(
                    clientSecret: Secret(clientSecret),
                    callbackURLs: ["http://127.0.0.1:\(port)/authorize/callback"],
                    privateKey: keys.privateKey),
                consent: .automatic(login: Person.owner.login))
            change(&configuration, &world)
            let app = configuration.app
            let github = try SimulatedGitHub(
                configuration: configuration, world: world, clock: SystemClock(),
                logger: Logger(label: "github") { _ in SwiftLogNoOpLogHandler() })
            var enterprise: [String: String?] = [:]
            if let paying = world.enterprises.first {
                enterprise["GITHUB_ENTERPRISE"] = paying.slug
                enterprise["GITHUB_BILLING_TOKEN"] = paying.tokens.first?.secret.reveal { $0 }
            }
            let billing = enterprise
            return try await github.withRunning { addresses in
                try await body(
                    Stage(
                        folder: folder, github: github,
                        environment: [
                            "GITHUB_API_URL": addresses.api, "GITHUB_SERVER_URL": addresses.api,
                            "GITHUB_REPORT_HOSTS": addresses.reportHost,
                            "GITHUB_APP_ID": app.map { String($0.id) },
                            "GITHUB_APP_CLIENT_ID": app?.clientID,
                            "GITHUB_APP_CLIENT_SECRET": app.map { _ in clientSecret },
                            "GITHUB_APP_SLUG": app?.slug,
                            "GITHUB_APP_PRIVATE_KEY": app.map { _ in
                                keys.privateKey.reveal { $0 }
                            },
                            "PUBLIC_URL": "http://127.0.0.1:\(port)",
                            "STATE_STORE": "file:\(folder)/state",
                            "EVENT_BUS": "file:\(folder)/bus",
                            "METRICS_SINK": "file:\(folder)/metrics",
                            "STATE_ENCRYPTION_KEYS":
                                Data(SystemEntropy().bytes(32)).base64EncodedString(),
                        ].merging(billing) { $1 },
                        port: port))
            }
        }
    }

    /// Runs the local runner to its end.
    func local(
        _ arguments: String..., input: String = "", with changes: [String: String?] = [:]
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.outcome(
            of: BuiltProgram.local, arguments, input: input,
            environment: environment.merging(changes) { $1 }, in: folder)
    }

    /// Runs one function on one event.
    func function(
        _ name: String, _ event: String, with changes: [String: String?] = [:]
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.outcome(
            of: BuiltProgram.functions, [name, "--event", "-"], input: event,
            environment: environment.merging(changes) { $1 }, in: folder)
    }

    /// Authorizes as a person would: opens the local runner's page and follows where it leads.
    ///
    /// - Returns: The last page and its status.
    @discardableResult
    func authorize() async throws -> (status: Int, page: String) {
        // Where browsers find it follows from the port. The runner makes up for the tick that it
        // missed: by a time of day that is over, that is today's, whenever the test runs.
        try await ChildProcess.withRunning(
            BuiltProgram.local, ["run", "--port", String(port), "--at", "00:00"],
            environment: environment.merging(["PUBLIC_URL": nil]) { $1 }, in: folder
        ) { runner in
            let home = "http://127.0.0.1:\(port)"
            try await runner.wait(for: "its page") {
                (try? await Self.get("\(home)/healthz"))?.status == 200
            }
            let begun = try await Self.get("\(home)/authorize")
            let cookie = try #require(begun.fields["set-cookie"]).prefix { $0 != ";" }
            let consent = try await Self.get(try #require(begun.fields["location"]))
            let back = try await Self.get(
                try #require(consent.fields["location"]), cookie: String(cookie))
            runner.terminate()
            try await runner.waitForEnd()
            return (back.status, back.page)
        }
    }

    private static let browser = CurlTransport()

    struct Page: Sendable {
        let status: Int
        let fields: [String: String]
        let page: String
    }

    static func get(_ url: String, cookie: String? = nil) async throws -> Page {
        let reply = try await browser.send(
            HTTPClientRequest("GET", url, fields: cookie.map { ["cookie": $0] } ?? [:]))
        return Page(
            status: reply.status, fields: reply.fields,
            page: String(decoding: try await reply.body.bytes(), as: UTF8.self))
    }

    /// The samples in the files, by organization and day, without those about the collector.
    func samples() throws -> [String: OpenMetricsText] { try Self.samples(in: metrics) }

    static func samples(in folder: String) throws -> [String: OpenMetricsText] {
        var found: [String: OpenMetricsText] = [:]
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        for file in files where file.hasSuffix(".om") && !file.hasPrefix("_collector/") {
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
            found[String(file.dropLast(3))] = try OpenMetricsText(
                String(decoding: bytes, as: UTF8.self))
        }
        return found
    }
}

/// A JSON document that a program printed.
func json(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
}

extension JSONValue {
    /// The elements, if this is a list.
    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}

/// A value as JSON bytes.
func encoded(_ value: JSONValue) throws -> [UInt8] { [UInt8](try JSONEncoder().encode(value)) }
