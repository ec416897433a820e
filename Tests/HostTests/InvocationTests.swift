import Authorization
import Domain
import Fakes
import FunctionInterface
import Host
import InMemory
import Logging
import OnDailyTick
import Ports
import Testing
import Toolbox

@Suite("An invocation")
struct InvocationTests {
    /// Runs an event through a function that gives what it was given, or fails.
    static func run(
        _ name: FunctionName, _ event: String, failure: Failure? = nil, output: String? = nil
    ) async -> Conclusion {
        let invoker = Invoker(
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            function: { name throws(Failure) in
                switch name {
                case .onCollectOrg: JSONFunction(Echo<Collect>(failure: failure, output: output))
                case .onDailyTick: JSONFunction(Echo<Tick>(failure: failure, output: output))
                case .onAuthorize: JSONFunction(Echo<Web>(failure: failure, output: output))
                case .onAuthorizeCallback:
                    throw Failure(.misconfigured, "GITHUB_APP_CLIENT_SECRET is not set")
                }
            })
        return await invoker.run(name, event: Array(event.utf8))
    }

    static func conclude(
        _ conclusion: Conclusion, on bus: (any EventPublisher)?
    ) async -> Conclusion {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return await Concluder(logger: logger)
            .conclude(conclusion, by: ResponseAcknowledgement(bus, logger: logger)).conclusion
    }

    static func text(_ conclusion: Conclusion) -> String {
        String(decoding: conclusion.document, as: UTF8.self)
    }

    static let manifest = #"""
        {"organization":"acme","day":"2026-11-21","integration":"1-x","installation":5,
         "sources":{"billing":{"outcome":"OUTCOME","samples":0}},
         "samples":0,"final":false,"readAt":"2026-11-22T06:00:00Z"}
        """#

    @Test(
        "of a collection ends well unless a source was refused or failed",
        arguments: [
            ("written", CommandStatus.done), ("unchanged", .done), ("restated", .done),
            ("not-ready", .done), ("not-applicable", .done), ("not-billed-here", .done),
            ("no-permission", .fault), ("policy-off", .fault), ("rejected", .fault),
            ("failed", .fault),
        ])
    func collection(outcome: String, status: CommandStatus) async {
        let output = Self.manifest.replacing("OUTCOME", with: outcome)
        let invocation = await Self.run(.onCollectOrg, "{}", output: output)
        #expect(invocation.exitStatus == status)
        #expect(invocation.failure == nil)
        #expect(Self.text(invocation).contains("\"outcome\":\"\(outcome)\""))
    }

    @Test("tells the log once of each reason and of what is not known, with organization and day")
    func told() async throws {
        let output = #"""
            {"organization":"acme","day":"2026-11-21","integration":"1-x","installation":5,
             "sources":{
              "users-1-day":{"outcome":"policy-off","samples":0,"reason":"switch it on"},
              "organization-1-day":{"outcome":"policy-off","samples":0,"reason":"switch it on"},
              "user-teams-1-day":{"outcome":"unchanged","samples":1,"notes":["old news"]},
              "billing":{"outcome":"written","samples":7,"notes":["fields that nobody knows: x"]},
              "members":{"outcome":"not-ready","samples":0,"reason":"later"}},
             "samples":8,"final":false,"readAt":"2026-11-22T06:00:00Z"}
            """#
        let refused = Problem(.source, "s", text: "switch it on", at: Timestamp(seconds: 0))
        let written = Written()
        let invoker = Invoker(
            logger: Logger(label: "test") { _ in
                LineLogHandler(
                    logLevel: .info, format: .text, clock: ManualClock(Timestamp(seconds: 0)),
                    write: { written.append($0) })
            },
            function: { _ throws(Failure) in
                JSONFunction(
                    Echo<Collect>(
                        failure: nil, output: output, problems: ProblemChanges(began: [refused])))
            })
        _ = await invoker.run(.onCollectOrg, event: Array("{}".utf8))
        let lines = written.lines.map {
            $0.split { $0 == " " || $0 == "\n" }.dropFirst().joined(separator: " ")
        }
        #expect(
            lines == [
                "WARNING acme 2026-11-21: 8 samples; organization-1-day, users-1-day policy-off: "
                    + "switch it on; members not-ready function=onCollectOrg "
                    + "outcomes=not-ready 1, policy-off 2, unchanged 1, written 1",
                "NOTICE acme 2026-11-21, note: billing: fields that nobody knows: x",
            ])
    }

    @Test(
        "of a web route ends by the status of the answer",
        arguments: [
            (200, CommandStatus.done), (302, .done), (399, .done), (400, .fault), (503, .fault),
        ])
    func web(status: Int, exitStatus: CommandStatus) async {
        let invocation = await Self.run(.onAuthorize, "{}", output: "{\"status\":\(status)}")
        #expect(invocation.exitStatus == exitStatus)
        #expect(invocation.failure == nil)
    }

    @Test("of a tick gives the events that follow")
    func events() async throws {
        let event = CollectEvent(
            integration: try #require(IntegrationID("1-x")), installation: InstallationID(5),
            organization: try #require(OrganizationLogin("acme")), day: Day(number: 20_777)
        ).cloudEvent(organizationID: 7, time: Timestamp(seconds: 1_795_327_200))
        let output = String(decoding: JSON.encode(["events": [event]]), as: UTF8.self)
        let invocation = await Self.run(.onDailyTick, "{}", output: output)
        #expect(invocation.followUps == [event])
        #expect(invocation.exitStatus == .done)
    }

    @Test(
        "of a tick ends well unless an authorization as a whole could not be read",
        arguments: [
            ("[]", CommandStatus.done),
            (
                #"[{"integration":"1-x","organization":"acme","reason":"who owns it is unknown"}]"#,
                .done
            ),
            (#"[{"integration":"1-x","reason":"authorize again"}]"#, .fault),
        ])
    func attention(items: String, status: CommandStatus) async {
        let output = "{\"events\":[],\"attention\":\(items)}"
        let invocation = await Self.run(.onDailyTick, "{}", output: output)
        #expect(invocation.failure == nil)
        #expect(invocation.exitStatus == status)
    }

    @Test("publishes them on the bus, if there is one, and says when that failed")
    func publishing() async throws {
        let event = CloudEvent(
            id: "1", type: .collect, time: Timestamp(seconds: 1_795_327_200), data: .object([:]))
        let conclusion = Conclusion(.onDailyTick, output: FakeOutput(followUps: [event]))
        let bus = MemoryBus(clock: ManualClock(event.time))
        for _ in 0..<2 {
            let ending = await Self.conclude(conclusion, on: bus)
            #expect(ending.failure == nil && ending.document == conclusion.document)
        }
        #expect(try await bus.queued().map(\.event) == [event])

        #expect(await Self.conclude(conclusion, on: nil).document == conclusion.document)
        let ending = await Self.conclude(conclusion, on: BrokenBus())
        #expect(ending.failure?.code == .unavailable && ending.exitStatus == .fault)
    }

    @Test("are concluded with the state that goes with them, which is kept once")
    func keeping() async throws {
        let clock = ManualClock(Timestamp(seconds: 1_795_327_200))
        let store = MemoryStore(clock: clock)
        let key = try #require(StoreKey("manifest/acme"))
        let changes = StateChanges([.put([1], for: key, if: .absent, until: nil)], in: store)
        let event = CloudEvent(id: "1", type: .collect, time: clock.now(), data: .object([:]))
        for events in [[], [event]] {
            for bus in [nil, MemoryBus(clock: clock)] {
                let conclusion = Conclusion(
                    .onDailyTick, output: FakeOutput(followUps: events), changing: changes)
                #expect(try await store.entry(for: key) == nil)
                let ending = await Self.conclude(conclusion, on: bus)
                #expect(ending.failure == nil && ending.document == conclusion.document)
                #expect(try await store.entry(for: key)?.value == [1])

                // Somebody else was faster.
                let late = await Self.conclude(conclusion, on: bus)
                #expect(late.failure?.retry != .never && late.exitStatus == .fault)
                try await store.remove(key, if: .always)
            }
        }
    }

    @Test("reports a failure as the one document", arguments: Failure.Code.allCases)
    func failures(code: Failure.Code) async {
        let failure = Failure(code, "words", delay: .milliseconds(1_500))
        let invocation = await Self.run(.onCollectOrg, "{}", failure: failure)
        #expect(invocation.failure == failure)
        #expect(invocation.exitStatus == (code == .misconfigured ? .misuse : .fault))
        #expect(invocation.followUps == [])
        let retry = failure.retry == .never ? "" : ",\"retryAfterSeconds\":2"
        #expect(
            Self.text(invocation)
                == "{\"error\":{\"code\":\"\(code.rawValue)\",\"message\":\"words\"\(retry)}}")
    }

    @Test("of a function that lacks a setting says which")
    func misconfigured() async {
        let invocation = await Self.run(.onAuthorizeCallback, "{}")
        #expect(invocation.exitStatus == .misuse)
        #expect(Self.text(invocation).contains("GITHUB_APP_CLIENT_SECRET is not set"))
    }

    @Test(
        "names the field of an event that is missing or wrong",
        arguments: [
            ("", "onCollectOrg: the event is not JSON"),
            ("{", "onCollectOrg: the event is not JSON"),
            (#"{"integration":"1-x",}"#, "onCollectOrg: the event is not JSON"),
            (#"{"x":[1, ],"integration":"1-x"}"#, "onCollectOrg: the event is not JSON"),
            (#"{"x":"\",}","y":[[],{}]}"#, "onCollectOrg: integration is missing"),
            ("[]", "onCollectOrg: the event is not an object"),
            ("{}", "onCollectOrg: integration is missing"),
            (#"{"integration":"1-x"}"#, "onCollectOrg: installation is missing"),
            (
                #"{"integration":"1-x","installation":"5"}"#,
                "onCollectOrg: installation is not a number"
            ),
            (
                #"{"integration":"1-x","installation":5,"organization":"a/b"}"#,
                "onCollectOrg: organization must be an organization's login such as acme"
            ),
            (
                #"{"integration":"1-x","installation":5,"organization":"acme","day":"21.11.2026"}"#,
                "onCollectOrg: day must be a day such as 2026-11-21"
            ),
        ])
    func malformed(event: String, message: String) async {
        let invoker = Invoker(
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            function: { _ in JSONFunction(StrictCollect()) })
        let invocation = await invoker.run(.onCollectOrg, event: Array(event.utf8))
        #expect(invocation.failure == Failure(.malformedEvent, message))
        #expect(invocation.exitStatus == .fault)
    }
}

@Suite("A CloudEvent")
struct EnvelopeTests {
    static func envelope(type: String, rest: String) -> String {
        #"{"specversion":"1.0","id":"a","source":"/s","type":"\#(type)"\#(rest)}"#
    }

    @Test(
        "gives the function its data",
        arguments: [
            (
                FunctionName.onCollectOrg,
                envelope(type: "copilot-usage.collect", rest: #","data":{"day":"d","n":5}"#),
                #"{"day":"d","n":5}"#
            ),
            (
                .onCollectOrg,
                envelope(type: "copilot-usage.collect", rest: #","data_base64":"eyJuIjo1fQ==""#),
                #"{"n":5}"#
            ),
            (
                .onDailyTick, envelope(type: "copilot-usage.tick", rest: #","data":{"time":"t"}"#),
                #"{"time":"t"}"#
            ),
            (
                .onDailyTick,
                envelope(
                    type: "copilot-usage.tick",
                    rest: #","time":"2026-11-22T06:00:00Z","data":{"time":"t"}"#),
                #"{"time":"t"}"#
            ),
            (
                .onDailyTick,
                envelope(
                    type: "copilot-usage.tick",
                    rest: #","time":"2026-11-22T06:00:00Z","data":{"from":"f"}"#),
                #"{"from":"f","time":"2026-11-22T06:00:00Z"}"#
            ),
            (
                .onDailyTick,
                envelope(
                    type: "dev.knative.sources.ping", rest: #","time":"2026-11-22T06:00:00Z""#),
                #"{"time":"2026-11-22T06:00:00Z"}"#
            ),
            (
                .onDailyTick,
                envelope(
                    type: "dev.knative.sources.ping",
                    rest: #","time":"2026-11-22T06:00:00Z","data":null"#),
                #"{"time":"2026-11-22T06:00:00Z"}"#
            ),
            (.onDailyTick, envelope(type: "dev.knative.sources.ping", rest: ""), "{}"),
            (
                .onAuthorize, envelope(type: "com.example.web", rest: #","data":{"query":{}}"#),
                #"{"query":{}}"#
            ),
            (.onCollectOrg, #"{"bare":true}"#, #"{"bare":true}"#),
        ] as [(FunctionName, String, String)])
    func data(function: FunctionName, event: String, data: String) async {
        let invocation = await InvocationTests.run(
            function, event, failure: Failure(.notReady, "given"))
        #expect(invocation.failure?.message == "given \(data)")
    }

    @Test(
        "is refused with the attribute that is wrong",
        arguments: [
            (
                FunctionName.onCollectOrg,
                #"{"specversion":"0.3","id":"a","source":"/s","type":"t","data":{}}"#,
                "specversion must be \"1.0\""
            ),
            (
                .onCollectOrg, #"{"specversion":"1.0","source":"/s","type":"t","data":{}}"#,
                "id is missing or not text"
            ),
            (
                .onCollectOrg, #"{"specversion":"1.0","id":"","source":"/s","type":"t"}"#,
                "id is missing or not text"
            ),
            (
                .onCollectOrg, #"{"specversion":"1.0","id":"a","source":7,"type":"t"}"#,
                "source is missing or not text"
            ),
            (
                .onCollectOrg, #"{"specversion":"1.0","id":"a","source":"/s","data":{}}"#,
                "type is missing or not text"
            ),
            (
                .onCollectOrg, envelope(type: "copilot-usage.tick", rest: #","data":{}"#),
                "type names an event for another function"
            ),
            (
                .onCollectOrg, envelope(type: "com.example", rest: #","data":{}"#),
                "type names an event for another function"
            ),
            (
                .onDailyTick, envelope(type: "copilot-usage.collect", rest: #","data":{}"#),
                "type names an event for another function"
            ),
            (
                .onDailyTick, envelope(type: "copilot-usage.tock", rest: #","data":{}"#),
                "type names an event for another function"
            ),
            (
                .onAuthorize, envelope(type: "copilot-usage.tick", rest: #","data":{}"#),
                "type names an event for another function"
            ),
            (.onCollectOrg, envelope(type: "copilot-usage.collect", rest: ""), "data is missing"),
            (
                .onCollectOrg,
                envelope(type: "copilot-usage.collect", rest: #","data":{},"data_base64":"e30=""#),
                "data and data_base64 are both present"
            ),
            (
                .onCollectOrg,
                envelope(type: "copilot-usage.collect", rest: #","data_base64":"?""#),
                "data_base64 is not base64"
            ),
        ] as [(FunctionName, String, String)])
    func refusals(function: FunctionName, event: String, complaint: String) async {
        let invocation = await InvocationTests.run(function, event)
        #expect(
            invocation.failure == Failure(.malformedEvent, "\(function.rawValue): \(complaint)"))
    }
}

/// What an echoing function gives: the real output type, read from a test's JSON.
protocol Echoed: Sendable {
    associatedtype Output: FunctionOutput & Decodable
    static var name: FunctionName { get }
    /// The members that a test may leave out.
    static var rest: [String: JSONValue] { get }
}

enum Collect: Echoed {
    typealias Output = Manifest
    static let name = FunctionName.onCollectOrg
    static let rest: [String: JSONValue] = [:]
}

enum Tick: Echoed {
    typealias Output = DailyTick.Output
    static let name = FunctionName.onDailyTick
    static let rest: [String: JSONValue] = [
        "time": .string("2026-11-22T06:00:00Z"), "skipped": .array([]), "attention": .array([]),
    ]
}

enum Web: Echoed {
    typealias Output = WebResult
    static let name = FunctionName.onAuthorize
    static let rest: [String: JSONValue] = ["headers": .object([:]), "body": .string("")]
}

/// Gives a fixed output, or fails with what it was given behind its message.
struct Echo<Kind: Echoed>: Function {
    static var name: FunctionName { Kind.name }

    let failure: Failure?
    let output: String?
    var problems = ProblemChanges()

    func handle(_ event: JSONValue) async throws(Failure) -> Handled<Kind.Output> {
        if let failure {
            let given = String(decoding: JSON.encode(event), as: UTF8.self)
            guard failure.message == "given" else { throw failure }
            throw Failure(failure.code, "given \(given)")
        }
        guard case .object(let members)? = JSON.value(Array((output ?? "{}").utf8)) else {
            throw Failure(.malformedReply, "the test's output is not an object")
        }
        let whole = JSONValue.object(Kind.rest.merging(members) { $1 })
        return Handled(
            try JSON.decode(Kind.Output.self, from: JSON.encode(whole), at: "the test"),
            problems: ProblemNotes(problems))
    }
}

/// Takes what the real function takes and fails the test that gets that far.
struct StrictCollect: Function {
    static let name = FunctionName.onCollectOrg

    func handle(_ event: CollectEvent) async throws(Failure) -> Handled<Manifest> {
        throw Failure(.notReady, "the event was taken")
    }
}

/// Takes nothing.
struct BrokenBus: EventBus {
    private let failure = Failure(.unavailable, "the bus is down")

    func publish(_ events: [CloudEvent]) async throws(Failure) { throw failure }

    func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery] {
        throw failure
    }

    func settle(
        _ delivery: EventDelivery, as settlement: Settlement
    ) async throws(Failure) { throw failure }

    func queued() async throws(Failure) -> [QueuedEvent] { throw failure }

    func redrive(_ ids: Set<String>?) async throws(Failure) -> Int { throw failure }
}
