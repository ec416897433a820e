import Deployment
import Domain
import Fakes
import FunctionInterface
import Host
import InMemory
import Logging
import Ports
import Synchronization
import Testing
import Toolbox

/// What a program read, answered and complained of.
private final class Transcript: Sendable {
    let answers = Mutex<[String]>([])
    let complaints = Mutex<[String]>([])

    var answered: [String] { answers.withLock { $0 } }
    var complained: String { complaints.withLock { $0.joined() } }
}

@Suite("The command copilot-functions")
struct ProgramTests {
    static let now = Timestamp(seconds: 1_795_327_200)

    /// What the settings of a loopback deployment with everything in memory are.
    static let environment = [
        "GITHUB_APP_ID": "12345", "GITHUB_APP_CLIENT_ID": "Iv23liExample",
        "GITHUB_APP_CLIENT_SECRET": "planted-client-secret",
        "GITHUB_APP_PRIVATE_KEY": "planted-private-key", "PUBLIC_URL": "http://127.0.0.1:8080",
        "STATE_STORE": "memory", "STATE_ENCRYPTION_KEYS": SettingsTests.key,
        "METRICS_SINK": "file:/nowhere", "LOG_FORMAT": "text",
    ]

    static func adapters(bus: (any EventPublisher)? = nil) -> Adapters {
        let clock = ManualClock(now)
        return Adapters(
            transport: ScriptedTransport.unexpected, store: MemoryStore(clock: clock),
            sink: RecordingSink(), bus: bus, clock: clock, time: ManualTime(),
            entropy: SeededEntropy(seed: 1), hashing: PlainHashing(), vault: OpenVault(),
            signer: NoSigner())
    }

    private static func run(
        _ request: Program.Request, event: String = "{}",
        environment: [String: String] = environment, bus: (any EventPublisher)? = nil
    ) async -> (status: CommandStatus, transcript: Transcript) {
        let transcript = Transcript()
        let process = ProgramEnvironment(
            environment: environment,
            read: { path throws(Failure) in
                guard path == "-" else { return try EventFile.read(path) }
                return Array(event.utf8)
            },
            answer: { document in transcript.answers.withLock { $0.append(document) } },
            complain: { text in transcript.complaints.withLock { $0.append(text) } })
        let program = Program(process: process, servers: Servers(), clock: ManualClock(now)) {
            _, _ in
            adapters(bus: bus)
        }
        return (await program.run(request), transcript)
    }

    @Test("prints one document and exits with 0 on success")
    func done() async {
        let (status, transcript) = await Self.run(
            Program.Request(target: "onDailyTick", event: "-"),
            event: #"{"time":"2026-11-22T06:00:00Z"}"#)
        #expect(status == .done)
        #expect(
            transcript.answered
                == [#"{"attention":[],"events":[],"skipped":[],"time":"2026-11-22T06:00:00Z"}"#])
    }

    @Test("indents the document when asked, without changing it")
    func pretty() async throws {
        let request = Program.Request(target: "onDailyTick", event: "-", isPretty: true)
        let (_, transcript) = await Self.run(request, event: #"{"time":"2026-11-22T06:00:00Z"}"#)
        let document = try #require(transcript.answered.first)
        #expect(document.contains("\n  \"events\" : ["))
        let value = try JSON.decode(JSONValue.self, from: Array(document.utf8), at: "the answer")
        #expect(value["time"]?.text == "2026-11-22T06:00:00Z")
    }

    @Test("accepts a CloudEvent and uses its data")
    func envelope() async {
        let (status, transcript) = await Self.run(
            Program.Request(target: "onDailyTick", event: "-"),
            event: #"""
                {"specversion":"1.0","id":"1","source":"/cron","type":"copilot-usage.tick",
                 "data":{"time":"2026-11-20T06:00:00Z"}}
                """#)
        #expect(status == .done)
        #expect(transcript.answered.first?.contains("2026-11-20T06:00:00Z") == true)
    }

    @Test("begins an authorization with a redirect and exits with 0")
    func authorize() async {
        let (status, transcript) = await Self.run(
            Program.Request(target: "onAuthorize", event: "-"), event: #"{"method":"GET"}"#)
        #expect(status == .done)
        #expect(transcript.answered.first?.contains("\"status\":302") == true)
        #expect(transcript.answered.first?.contains("client_id=Iv23liExample") == true)
    }

    @Test("exits with 1 when a browser is refused")
    func refused() async {
        let (status, transcript) = await Self.run(
            Program.Request(target: "onAuthorizeCallback", event: "-"),
            event: #"{"method":"GET","query":{"code":"abc"}}"#)
        #expect(status == .fault)
        #expect(transcript.answered.count == 1)
        #expect(!transcript.answered[0].contains("\"status\":200"))
    }

    @Test("exits with 1 and names the field of a wrong event")
    func malformed() async {
        let (status, transcript) = await Self.run(
            Program.Request(target: "onCollectOrg", event: "-"),
            event: #"{"integration":"1-x","installation":5,"organization":"acme"}"#)
        #expect(status == .fault)
        #expect(
            transcript.answered == [
                #"{"error":{"code":"malformedEvent","message":"onCollectOrg: day is missing"}}"#
            ])
        #expect(transcript.complained.contains("onCollectOrg: day is missing"))
    }

    @Test("exits with 2 when a setting is missing, with the same message in document and log")
    func missingSetting() async {
        let (status, transcript) = await Self.run(
            Program.Request(target: "onCollectOrg", event: "-"),
            environment: Self.environment.filter {
                !["GITHUB_APP_PRIVATE_KEY", "METRICS_SINK"].contains($0.key)
            })
        #expect(status == .misuse)
        #expect(transcript.answered.first?.hasPrefix(#"{"error":{"code":"misconfigured""#) == true)
        let lines = transcript.complained.split(separator: "\n")
        #expect(lines.count == 2)
        for (line, name) in zip(lines, ["GITHUB_APP_PRIVATE_KEY", "METRICS_SINK"]) {
            #expect(line.hasPrefix("copilot-functions: \(name) is not set"))
        }
    }

    @Test("exits with 2 and no document on wrong usage")
    func misuse() async {
        for request in [
            Program.Request(target: "onNothing", event: "-"), Program.Request(event: "-"),
            Program.Request(
                target: "onDailyTick", event: "-", environmentFile: "/nowhere/.env"),
        ] {
            let (status, transcript) = await Self.run(request)
            #expect(status == .misuse)
            #expect(transcript.answered == [])
            #expect(transcript.complained.hasPrefix("copilot-functions: "))
        }
    }

    @Test("exits with 2 when the event file does not exist")
    func missingEvent() async {
        let (status, transcript) = await Self.run(
            Program.Request(target: "onDailyTick", event: "/nowhere/event.json"))
        #expect(status == .misuse)
        #expect(transcript.complained.contains("--event /nowhere/event.json cannot be read"))
    }

    @Test(
        "reports a mode that it cannot serve",
        arguments: [
            (Program.Request(target: "onDailyTick"), [:], "serving HTTP"),
            (
                Program.Request(), ["AWS_LAMBDA_RUNTIME_API": "x", "_HANDLER": "onDailyTick"],
                "Lambda"
            ),
            (Program.Request(target: "work"), ["EVENT_BUS": "file:/nowhere"], "event bus"),
        ])
    func serving(request: Program.Request, more: [String: String], words: String) async {
        let (status, transcript) = await Self.run(
            request, environment: Self.environment.merging(more) { $1 })
        #expect(status == .misuse)
        #expect(transcript.complained.contains(words))
        #expect(transcript.complained.contains("--event FILE"))
    }

    @Test("never shows a secret, whatever goes wrong")
    func secrets() async {
        for (name, value) in Self.environment where name.hasPrefix("GITHUB_APP") {
            for wrong in [value, ""] {
                let (_, transcript) = await Self.run(
                    Program.Request(target: "onCollectOrg", event: "-"), event: "{",
                    environment: Self.environment.merging([name: wrong, "LOG_LEVEL": "trace"]) {
                        $1
                    })
                #expect(!transcript.complained.contains("planted"))
                #expect(!transcript.answered.joined().contains("planted"))
            }
        }
    }
}

/// Nothing that has to be strong: equal input, equal output.
private struct PlainHashing: Hashing {
    func sha256(_ message: [UInt8]) -> [UInt8] {
        var sum = [UInt8](repeating: 7, count: 32)
        for (index, byte) in message.enumerated() {
            sum[index % 32] = sum[index % 32] &* 31 &+ byte
        }
        return sum
    }

    func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] { sha256(key + message) }

    func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool { lhs == rhs }
}

/// No test gets as far as a signature.
private struct NoSigner: AppSigner {
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
        throw Failure(.misconfigured, "nothing is signed here")
    }
}
