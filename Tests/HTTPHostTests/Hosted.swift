import CurlHTTP
import Deployment
import Domain
import Fakes
import Host
import InMemory
import Logging
import OpenSSLCrypto
import Ports
import Synchronization
import SystemClock
import TestSupport

@testable import HTTPHost

/// A function host in this process, on a port of its own, with everything in memory.
struct Hosted: Sendable {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let port: Int
    private let transport = CurlTransport()

    /// Serves a function while `body` runs.
    ///
    /// - Parameters:
    ///   - functions: What is served; the last takes the events.
    ///   - limits: How much at once, and for how long.
    ///   - store: Where state is; in memory when it is nil.
    ///   - setupToken: What pages need; nothing when it is nil.
    ///   - logger: Hears of events.
    ///   - body: Is given the host.
    /// - Throws: What `body` throws, or why the host cannot listen.
    static func serving(
        _ functions: FunctionName..., limits: HTTPHost.Limits = HTTPHost.Limits(),
        store: (any KeyValueStore)? = nil, setupToken: String? = nil, logger: Logger = quiet,
        _ body: (Hosted) async throws -> Void
    ) async throws {
        let clock = SystemClock()
        let settings = try Settings(
            environment: [
                "GITHUB_APP_ID": "12345", "GITHUB_APP_CLIENT_ID": "Iv23liExample",
                "GITHUB_APP_CLIENT_SECRET": "planted-client-secret", "STATE_STORE": "memory",
                "GITHUB_APP_PRIVATE_KEY": "planted-private-key",
                "PUBLIC_URL": "http://127.0.0.1:8080", "METRICS_SINK": "file:/nowhere",
                "STATE_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
                "SETUP_TOKEN": setupToken ?? "",
            ], defaults: .container, for: functions)
        let adapters = Adapters(
            transport: ScriptedTransport.unexpected, store: store ?? MemoryStore(clock: clock),
            sink: RecordingSink(), bus: nil, clock: clock, time: ContinuousClock(),
            entropy: SeededEntropy(seed: 1), hashing: OpenSSLHashing(), vault: OpenVault(),
            signer: NoSigner())
        let service = Service(
            functions: functions, settings: settings, adapters: adapters, logger: logger,
            environment: [:])
        let server = HTTPServer(
            host: "127.0.0.1", port: 0, limits: limits.server, logger: quiet,
            answer: Routes(service, limits).answer)
        try await server.withRunning { port in try await body(Hosted(port: port)) }
    }

    /// An answer.
    struct Reply: Sendable {
        let status: Int
        let fields: [String: String]
        let text: String
    }

    /// Sends a well-formed request.
    func send(
        _ method: String = "POST", _ path: String = "/", _ fields: [String: String] = [:],
        body: String = ""
    ) async throws -> Reply {
        let reply = try await transport.send(
            HTTPClientRequest(
                method, "http://127.0.0.1:\(port)\(path)", fields: fields, body: Array(body.utf8)))
        return Reply(
            status: reply.status, fields: reply.fields,
            text: String(decoding: try await reply.body.bytes(), as: UTF8.self))
    }

    /// Sends a bare JSON event.
    func post(_ body: String, _ fields: [String: String] = [:]) async throws -> Reply {
        try await send(
            "POST", "/", ["content-type": "application/json"].merging(fields) { $1 }, body: body)
    }

    /// Sends anything.
    func raw(_ text: String) async throws -> String {
        try await PlainHTTP.exchange(text, with: port)
    }
}

/// A signer that no test reaches.
struct NoSigner: AppSigner {
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
        throw Failure(.misconfigured, "there is no key")
    }
}

/// A store that lets nobody in before a gate opens.
struct GatedStore: KeyValueStore {
    let gate: Gate
    /// Opened when somebody has come.
    let reached: Gate
    let store = MemoryStore(clock: SystemClock())

    private func wait() async throws(Failure) {
        reached.open()
        do {
            try await gate.opened()
        } catch {
            throw Failure(.cancelled, "the wait was cancelled")
        }
    }

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try await wait()
        return try await store.entry(for: key)
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try await wait()
        return try await store.put(value, for: key, if: condition, until: expiry)
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try await wait()
        try await store.remove(key, if: condition)
    }

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try await wait()
        return try await store.keys(prefix: prefix, after: cursor, limit: limit)
    }
}

/// Things in the order in which they came.
final class Log<Element: Sendable>: Sendable {
    private let state = Mutex<[Element]>([])

    var items: [Element] { state.withLock { $0 } }

    func append(_ item: Element) { state.withLock { $0.append(item) } }
}
