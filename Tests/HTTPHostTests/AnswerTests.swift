import CloudEvents
import Domain
import Fakes
import FunctionInterface
import Host
import InMemory
import Ports
import Testing
import Toolbox

@testable import HTTPHost

@Suite("An answer over HTTP")
struct AnswerTests {
    @Test(
        "says whether the same event is worth sending again, and when",
        arguments: Failure.Code.allCases)
    func codes(code: Failure.Code) {
        let failure = Failure(code, "words", delay: .milliseconds(6_500))
        let answer = HTTPServerResponse.failure(failure)
        let expected =
            switch code {
            case .malformedEvent: 400
            case .conflict: 409
            case .rateLimited: 429
            case .timedOut, .unavailable, .cancelled: 503
            default: 500
            }
        #expect(answer.status == expected)
        #expect(answer.fields["retry-after"] == (failure.retry == .never ? nil : "7"))
        #expect(answer.fields["content-type"] == "application/json")
        #expect(answer.body == JSON.encode(FailureReport(failure)))
    }

    @Test("brings an event again when part of its work may succeed later")
    func unfinished() async throws {
        let manifest = #"""
            {"organization":"acme","day":"2026-11-21","integration":"1-x","installation":5,
             "sources":{"billing":{"outcome":"failed","samples":0,"reason":"GitHub is down"}},
             "samples":0,"final":false,"readAt":"2026-11-22T06:00:00Z"REST}
            """#
        for (rest, status, wait) in [
            ("", 200, nil), (#","retryAfterSeconds":90"#, 503, "90"),
        ] as [(String, Int, String?)] {
            let text = manifest.replacing("REST", with: rest)
            let output = try JSON.decode(Manifest.self, from: Array(text.utf8), at: "the test")
            let answer = await Self.answer(
                to: Conclusion(.onCollectOrg, output: output), publishingOn: nil)
            #expect(answer.status == status)
            #expect(answer.fields["retry-after"] == wait)
            #expect(answer.body == JSON.encode(output))
        }
    }

    static let events = (0..<3).map { number in
        CloudEvent(
            id: "\(number)", type: .collect, time: Timestamp(seconds: 1_795_327_200),
            data: .object([:]))
    }

    static let tick = Conclusion(.onDailyTick, output: FakeOutput(followUps: events))

    static func answer(
        to conclusion: Conclusion, publishingOn bus: (any EventPublisher)?,
        trace: TraceParent? = nil
    ) async -> HTTPServerResponse {
        let acknowledgement = ResponseAcknowledgement(
            bus, traceparent: trace?.description, logger: Hosted.quiet)
        return HTTPServerResponse(
            await Concluder(logger: Hosted.quiet).conclude(conclusion, by: acknowledgement)
                .conclusion)
    }

    @Test("comes after what follows was published, with the trace that the event came with")
    func publishing() async throws {
        let bus = MemoryBus(clock: ManualClock(Self.events[0].time))
        let trace = TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let answer = await Self.answer(to: Self.tick, publishingOn: bus, trace: trace)
        #expect(answer.status == 200)
        // The result stays what the function gave.
        #expect(answer.body == Self.tick.document)
        let queued = try await bus.queued().map(\.event)
        #expect(queued.map(\.id).sorted() == ["0", "1", "2"])
        #expect(queued.allSatisfy { $0.traceparent == trace?.description })
    }

    @Test(
        "is 503 when what follows could not be published, whatever the reason",
        arguments: [Failure.Code.unavailable, .rejected, .misconfigured, .rateLimited])
    func unpublished(code: Failure.Code) async throws {
        let bus = BrokenPublisher(failure: Failure(code, "the bus says no", delay: .seconds(40)))
        let answer = await Self.answer(to: Self.tick, publishingOn: bus)
        #expect(answer.status == 503)
        #expect(answer.fields["retry-after"] == "40")
        #expect(String(decoding: answer.body, as: UTF8.self).contains("the bus says no"))
    }

    @Test("to a browser is a page even when the function failed")
    func page() {
        for (code, status) in [(Failure.Code.unavailable, 503), (.unreadableState, 500)] {
            let answer = HTTPServerResponse(
                page: Conclusion(.onAuthorize, failure: Failure(code, "the store is down")))
            #expect(answer.status == status)
            #expect(answer.fields["content-type"]?.hasPrefix("text/plain") == true)
            #expect(String(decoding: answer.body, as: UTF8.self) == "the store is down\n")
        }
    }
}

/// Takes nothing, for one reason.
struct BrokenPublisher: EventPublisher {
    let failure: Failure

    func publish(_ events: [CloudEvent]) async throws(Failure) { throw failure }
}
