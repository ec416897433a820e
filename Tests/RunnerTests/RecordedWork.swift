import Domain
import Fakes
import FunctionInterface
import InMemory
import Ports
import Runner
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One-way enough for tests, and not SHA-256: 32 bytes that change with the message.
struct PlainHashing: Hashing {
    func sha256(_ message: [UInt8]) -> [UInt8] {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        return (0..<32).map { place in
            for byte in message + [UInt8(place)] {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
            return UInt8(truncatingIfNeeded: hash >> 32)
        }
    }

    func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] { sha256(key + message) }

    func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool { lhs == rhs }
}

/// A function that does all that the real ones do at their ports, with every kind of secret in it.
struct RecordedWork: Sendable {
    static let refreshToken = "ghr_OldRefreshTokenOldRefreshToken"
    static let accessToken = "access-token-of-no-known-shape"
    static let clientSecret = "client/secret+with=signs"
    static let signature = "c2lnbmF0dXJl%2Fof%2Ba%3D%3D"
    static let cookie = "browser-cookie-value"
    static let code = "c0de5c0de5c0de5c0de5"
    static let strayToken = "ghs_1234_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2lnbmF0dXJl"
    static let apiKey = "api-key-in-a-secret-field"

    /// Everything that must not be in a recording, and the forms it could hide in.
    static let secrets = [
        refreshToken, accessToken, clientSecret, signature, cookie, code, strayToken, apiKey, basic,
        "client%2Fsecret%2Bwith%3Dsigns", "signature/of+a==",
        Data(refreshToken.utf8).base64EncodedString(),
        base64URL(SeededEntropy(seed: 7).bytes(32)),
    ]

    static let basic = Data("person:\(apiKey)".utf8).base64EncodedString()

    static let event =
        JSON.value(
            Array(
                """
                {"headers":{"authorization":"Basic \(basic)","cookie":"session=\(cookie)"},\
                "query":{"code":"\(code)","error":null,"state":"the-state-of-the-person"}}
                """.utf8)) ?? .null

    let place: StoreKey
    let scope: SampleScope
    var report = #"{"day":"2026-11-21","login":"mona","email":"mona@example.com"}"#
    /// The number in samples about the collector; nil to write none, as older versions did.
    var collectorSamples: Int? = 7
    var isBroken = false
    /// The setting, percent-encoded for a form.
    var clientSecret = "client%2Fsecret%2Bwith%3Dsigns"

    init?() {
        guard let id = IntegrationID("1001-copilot"), let login = OrganizationLogin("acme"),
            let day = Day("2026-11-21")
        else { return nil }
        place = .credentials(id)
        scope = SampleScope(
            organization: login, day: day, source: .users, tags: SampleTags(application: "copilot"))
    }

    static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// GitHub, as far as this function knows it.
    var transport: ScriptedTransport {
        ScriptedTransport { [self] request throws(Failure) in
            switch request.url {
            case "https://github.example/token":
                HTTPClientResponse(
                    status: 200,
                    bytes: Array(
                        #"{"access_token":"\#(Self.accessToken)","expires_in":28800}"#.utf8))
            case "https://api.example/report?day=2026-11-21":
                HTTPClientResponse(
                    status: 200, fields: ["x-stray": Self.strayToken, "set-cookie": "a=b"],
                    bytes: Array(
                        #"{"link":"https://files.example/r?se=2026&sig=\#(Self.signature)"}"#.utf8))
            case "https://files.example/r?se=2026&sig=\(Self.signature)":
                HTTPClientResponse(status: 200, body: HTTPBody(chunks: report.utf8.map { [$0] }))
            default: throw Failure(.timedOut, "\(request.url.prefix { $0 != "?" }) did not answer")
            }
        }
    }

    func ports() async throws(Failure) -> FunctionPorts {
        let clock = ManualClock(Timestamp(seconds: 1_000_000))
        let store = MemoryStore(clock: clock)
        let vault = OpenVault()
        let tokens =
            #"{"refresh":"\#(Self.refreshToken)","expires":"2026-11-22T06:00:00Z"}"#
        try await store.put(vault.seal(Secret(tokens), for: place), for: place, if: .absent)
        return FunctionPorts(
            transport: transport, store: store, clock: clock, entropy: SeededEntropy(seed: 7),
            vault: vault, sink: RecordingSink())
    }

    func conclude(_ ports: FunctionPorts) async -> Conclusion {
        await Conclusion.of(.onCollectOrg) { () async throws(Failure) in
            FakeOutput(json: JSON.value(try await run(ports)) ?? .null)
        }
    }

    func run(_ ports: FunctionPorts) async throws(Failure) -> [UInt8] {
        let began = ports.clock.now()
        let state = Self.base64URL(ports.entropy.bytes(32))
        guard let entry = try await ports.store.entry(for: place) else {
            throw Failure(.notFound, "no tokens")
        }
        let tokens = try ports.vault.open(entry.value, from: place)
        let expires = tokens.reveal { $0.suffix(22).prefix(20) }
        let form = tokens.reveal { text in
            // The refresh token stands between the third and the fourth quote.
            let token = text.split(separator: "\"").dropFirst(3).first ?? ""
            return "refresh_token=\(token)&client_secret=\(clientSecret)"
        }
        let renewed = try await fetch(
            HTTPClientRequest("POST", "https://github.example/token", body: Array(form.utf8)), ports
        )
        let access = try JSON.decode(JSONValue.self, from: renewed, at: "reply")["access_token"]
        let sealed = ports.vault.seal(Secret(access?.text ?? ""), for: place)
        try await ports.store.put(sealed, for: place, if: .version(entry.version))
        let hash = Self.base64URL(PlainHashing().sha256(Array(state.utf8)))
        try await ports.store.remove(.usedAuthorization(stateHash: hash), if: .always)

        let listed = try await fetch(
            HTTPClientRequest(
                "GET", "https://api.example/report?day=2026-11-21",
                secretFields: ["authorization": Secret("Bearer \(access?.text ?? "")")]), ports)
        let link = try JSON.decode(JSONValue.self, from: listed, at: "reply")["link"]?.text ?? ""
        let report = try await fetch(HTTPClientRequest("GET", link), ports)
        if isBroken {
            _ = try await fetch(HTTPClientRequest("GET", "https://down.example/"), ports)
        }

        var batch = SampleBatch(scope)
        batch.addLabel(.userLogin, String(decoding: report, as: UTF8.self))
        let block = batch.endBlock()
        batch.add(MetricID.all[0], Double(report.count), head: block, tail: .empty)
        let delivery = try await ports.sink.withWriter(for: scope) { writer throws(Failure) in
            try await writer.write(batch)
        }
        if let samples = collectorSamples {
            _ = try await ports.sink.write(.example(samples: samples))
        }
        return JSON.encode([
            "began": began.description, "expires": String(expires), "state": state,
            "samples": String(delivery.accepted), "bytes": String(report.count),
            "location": "https://github.example/authorize?state=\(state)",
        ])
    }

    private func fetch(
        _ request: HTTPClientRequest, _ ports: FunctionPorts
    ) async throws(Failure) -> [UInt8] {
        try await ports.transport.send(request).body.bytes()
    }
}
