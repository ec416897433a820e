import AWS
import CurlHTTP
import Domain
import Fakes
import FunctionInterface
import InMemory
import Logging
import Ports
import SQSQueue
import Synchronization
import TestSupport
import Testing
import Worker

@Suite("A worker on SQS", .besideMoto, .timeLimit(.minutes(2)))
struct WorkerTests {
    /// The collected days and how often each was collected.
    private final class Work: Sendable {
        private let counts = Mutex<[String: Int]>([:])

        var collected: [String: Int] { counts.withLock { $0 } }

        func note(_ name: String) -> Int {
            counts.withLock { counts in
                counts[name, default: 0] += 1
                return counts[name, default: 0]
            }
        }

        /// A tick that finds some organizations, of which one fails the first time and one always.
        func handle(_ event: CloudEvent) throws(Failure) -> FakeOutput {
            guard event.type == .collect else {
                let events = (0..<25).map { number in
                    CloudEvent(
                        id: "collect/\(number)", type: .collect, time: noon,
                        data: .object(["organization": .string("org\(number)")]))
                }
                return FakeOutput(followUps: events)
            }
            let organization = event.data["organization"]?.text ?? ""
            let count = note(organization)
            if organization == "org7", count == 1 { throw Failure(.unavailable, "down") }
            if organization == "org8" { throw Failure(.malformedEvent, "never") }
            return FakeOutput()
        }
    }

    @Test("handles all events of a tick, retries temporary failures and dead-letters the others")
    func fanOut() async throws {
        let moto = try MotoScope.running()
        let made = try await moto.queue()
        let key = try await moto.key(allowing: ["sqs:*"])
        let settings = AWSSettings.keyed(moto.url, id: key.id, secret: key.secret)
        let queue = SQSQueue(
            queueURL: made.url, client: try client(.sqs, settings, CurlTransport()), waiting: .zero)
        try await queue.publish([
            CloudEvent(id: "tick", type: .tick, time: noon, data: .object([:]))
        ])
        let work = Work()
        let dispatcher = Dispatcher(
            bus: queue, clock: ManualClock(noon), limits: Dispatcher.Limits(parallel: 4),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            handler: { event in
                await Conclusion.of(event.type.function) { () throws(Failure) in
                    try work.handle(event)
                }
            },
            observer: { _ in })
        try await dispatcher.drain()
        #expect(work.collected.count == 25)
        #expect(work.collected.values.allSatisfy { $0 == 1 })
        try await moto.advance(by: .seconds(61))
        try await dispatcher.drain()
        #expect(work.collected["org7"] == 2)
        #expect(work.collected.values.reduce(0, +) == 26)
        let dead = try await moto.messages(in: made.deadURL)
        #expect(dead.count == 1)
        #expect(
            dead.first?["MessageAttributes"]?["reason"]?["StringValue"]?.text
                == "malformedEvent: never")
        try await moto.advance(by: .seconds(86_400))
        #expect(try await moto.messages(in: made.url).isEmpty)
    }
}
