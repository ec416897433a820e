import Deployment
import Domain
import Fakes
import FunctionInterface
import Host
import InMemory
import LambdaHost
import Logging
import Ports
import Synchronization
import TestSupport
import Testing
import Toolbox
import Worker

@testable import HTTPHost
@testable import WorkerHost

/// What each host does when GitHub asks for a short wait at the end of an event's time.
///
/// GitHub lets most of the time pass before it answers; what it asks for then would be waited for
/// within the event at any other moment, and in these tests really: they would take too long.
@Suite("The deadline that a host sets", .timeLimit(.minutes(1)))
struct DeadlineTests {
    private static let wait = 8
    private static let time = Duration.seconds(15 * 60)

    let clock = ManualClock(Timestamp(seconds: 1_795_327_200))
    let bus: MemoryBus
    let event: CloudEvent

    init() throws {
        bus = MemoryBus(clock: clock)
        let collect = CollectEvent(
            integration: try #require(IntegrationID("9-copilot")),
            installation: InstallationID(555),
            organization: try #require(OrganizationLogin("acme")),
            day: Day(containing: clock.now()).advanced(by: -1))
        event = CloudEvent(
            id: "collect/acme", type: .collect, subject: "acme", time: clock.now(),
            data: try JSON.decode(JSONValue.self, from: JSON.encode(collect), at: "the event"))
    }

    /// A GitHub that answers ten seconds before an event's time is over.
    private func gitHub(_ time: Duration = time) -> ScriptedTransport {
        ScriptedTransport { [clock] _ in
            clock.advance(by: time - .seconds(10))
            return HTTPClientResponse(
                status: 429, fields: ["retry-after": "\(Self.wait)"],
                bytes: Array(#"{"message":"secondary rate limit"}"#.utf8))
        }
    }

    private func service(
        on gitHub: ScriptedTransport, _ environment: [String: String] = [:]
    ) throws -> Service {
        var adapters = ProgramTests.adapters(bus: bus)
        adapters.transport = gitHub
        adapters.store = MemoryStore(clock: clock)
        adapters.clock = clock
        adapters.time = ContinuousClock()
        adapters.signer = AnySigner()
        return Service(
            functions: [.onCollectOrg],
            settings: try SettingsTests.read([:], for: [.onCollectOrg]), adapters: adapters,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            environment: environment)
    }

    @Test("has HTTP answer that the event is to be sent again after the wait")
    func http() async throws {
        let gitHub = gitHub()
        let service = try service(on: gitHub)
        let limits = HTTPHost.Limits(eventTime: Self.time)
        let server = HTTPServer(
            host: "127.0.0.1", port: 0, limits: limits.server, logger: service.logger,
            answer: Routes(service, limits).answer)
        try await server.withRunning { port in
            let reply = try await PlainHTTP().send(
                HTTPClientRequest(
                    "POST", "http://127.0.0.1:\(port)/",
                    fields: [
                        "content-type": "application/cloudevents+json", "connection": "close",
                    ],
                    body: JSON.encode(event)))
            #expect(reply.status == 429)
            #expect(reply.fields["retry-after"] == "\(Self.wait)")
            _ = try await reply.body.bytes()
        }
        #expect(gitHub.requests.count == 1)
    }

    @Test("has Lambda leave the message in the queue")
    func lambda() async throws {
        let record = JSONValue.object([
            "messageId": .string("m-1"), "receiptHandle": .string("r"),
            "eventSource": .string("aws:sqs"),
            "eventSourceARN": .string("arn:aws:sqs:eu-west-1:1:collect"),
            "body": .string(String(decoding: JSON.encode(event), as: UTF8.self)),
        ])
        // What the host keeps for itself comes on top.
        let deadline = clock.now().advanced(by: Self.time + .seconds(2))
        let requests = [
            HTTPClientResponse(
                status: 200,
                fields: [
                    "lambda-runtime-aws-request-id": "a",
                    "lambda-runtime-deadline-ms": "\(deadline.milliseconds)",
                ], bytes: JSON.encode(JSONValue.object(["Records": .array([record])]))),
            HTTPClientResponse(status: 202, bytes: []),
            // It is to end.
            HTTPClientResponse(status: 500, bytes: []),
        ]
        let turn = Mutex(0)
        let api = ScriptedTransport { _ in
            requests[
                turn.withLock { turn in
                    defer { turn += 1 }
                    return turn
                }]
        }
        let gitHub = gitHub()
        let service = try service(on: gitHub, ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"])
        #expect(try await LambdaLoop(service, transport: api).run() == .fault)
        let answer = try #require(api.requests.dropFirst().first)
        #expect(answer.url.hasSuffix("/invocation/a/response"))
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == #"{"batchItemFailures":[{"itemIdentifier":"m-1"}]}"#)
        #expect(gitHub.requests.count == 1)
    }

    @Test("has the worker put the event back")
    func worker() async throws {
        let gitHub = gitHub(EventWorker.eventTime)
        try await bus.publish([event])
        try await EventWorker.dispatcher(of: try service(on: gitHub), on: bus).drain()
        #expect(gitHub.requests.count == 1)
        let kept = try #require(try await bus.queued().first)
        #expect(kept.attempts == 1)
        #expect(kept.due == clock.now().advanced(by: RetrySchedule.delays[0]))
        #expect(kept.reason?.hasPrefix("rateLimited") == true, "\(kept.reason ?? "")")
    }
}

/// A signer that is believed by a GitHub that looks at nothing.
private struct AnySigner: AppSigner {
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] { [1] }
}
