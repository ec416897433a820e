import AWS
import Domain
import DynamoStore
import Fakes
import InMemory
import Ports
import SQSQueue
import TestSupport
import Testing

/// What a proxy, an emulator or somebody else's hand in the table makes of AWS's responses.
@Suite("An odd response of AWS", .timeLimit(.minutes(2)))
struct OddReplyTests {
    private static let key = #""pk":{"S":"copilot-usage-common"},"sk":{"S":"tick/last"}"#
    private static let whole = #""value":{"B":"AQI="},"version":{"N":"7"}"#

    /// A store whose table has the present layout, and gives one response to everything else.
    private static func store(_ body: String) throws -> (DynamoStore, ScriptedTransport) {
        let transport = ScriptedTransport { request in
            let isLayout = String(decoding: request.body, as: UTF8.self).contains(#""S":"layout""#)
            let layout = """
                {"Item":{"pk":{"S":"copilot-usage-table"},"sk":{"S":"layout"},"layout":{"N":"2"}}}
                """
            return HTTPClientResponse(status: 200, bytes: Array((isLayout ? layout : body).utf8))
        }
        let store = DynamoStore(
            table: "t", client: try client(.dynamoDB, .keyed(), transport),
            clock: ManualClock(noon), entropy: SeededEntropy(seed: 1))
        return (store, transport)
    }

    @Test(
        "is not taken for an entry, nor for the absence of one",
        arguments: [
            ("", Failure.Code.unavailable), (" ", .unavailable), ("[]", .unavailable),
            ("null", .unavailable), (#""x""#, .unavailable), (#"{"Item":{"#, .unavailable),
            ("<html><body>Blocked</body></html>", .unavailable),
            (#"{"__type":"com.amazon.coral.service#InternalFailure"}"#, .unavailable),
            (#"{"Item":null}"#, .unavailable), (#"{"Item":{}}"#, .unavailable),
            (#"{"Item":[]}"#, .unavailable), (#"{"Item":{\#(whole)}}"#, .unavailable),
            (
                #"{"Item":{"pk":{"S":"copilot-usage-common"},"sk":{"S":"x"},\#(whole)}}"#,
                .unavailable
            ),
            (#"{"Item":{\#(key)}}"#, .unreadableState),
            (#"{"Item":{\#(key),"value":{"B":"AQI="}}}"#, .unreadableState),
            (#"{"Item":{\#(key),"version":{"N":"7"}}}"#, .unreadableState),
            (#"{"Item":{\#(key),"value":{"S":"AQI="},"version":{"N":"7"}}}"#, .unreadableState),
            (#"{"Item":{\#(key),"value":{"B":"=="},"version":{"N":"7"}}}"#, .unreadableState),
            (#"{"Item":{\#(key),"value":{"B":"AQI="},"version":{"S":"7"}}}"#, .unreadableState),
            (#"{"Item":{\#(key),"value":{"B":"AQI="},"version":{"N":"-1"}}}"#, .unreadableState),
            (#"{"Item":{\#(key),"value":{"B":"AQI="},"version":{"N":"1e9"}}}"#, .unreadableState),
            (#"{"Item":{\#(key),\#(whole),"expiry":{"S":"9"}}}"#, .unreadableState),
            (#"{"Item":{\#(key),\#(whole),"expiry":{"N":"1.5"}}}"#, .unreadableState),
        ])
    func entry(body: String, code: Failure.Code) async throws {
        let (store, _) = try Self.store(body)
        let key = try #require(StoreKey("tick/last"))
        let failure = await expectFailure(code) { _ = try await store.entry(for: key) }
        #expect(
            failure?.message.contains(code == .unavailable ? "AWS_ENDPOINT_URL" : "tick/last")
                == true, "\(failure?.message ?? "")")
    }

    @Test("is read beside members that this version does not know")
    func knownEntries() async throws {
        let key = try #require(StoreKey("tick/last"))
        let (absent, _) = try Self.store(#"{"ConsumedCapacity":{"CapacityUnits":1}}"#)
        #expect(try await absent.entry(for: key) == nil)
        let (present, _) = try Self.store(#"{"Item":{\#(Self.key),\#(Self.whole),"x":{"N":"1"}}}"#)
        #expect(
            try await present.entry(for: key)
                == StoreEntry(value: [1, 2], version: StoreVersion(7)))
    }

    @Test(
        "to a query ends the list neither early nor never",
        arguments: [
            "", "{}", "[]", #"{"Items":{}}"#, #"{"Items":null}"#,
            // A page that does not lead on, or back.
            #"{"Items":[{"sk":{"S":"tick/last"}}],"LastEvaluatedKey":{"sk":{"S":"tick/last"}}}"#,
            #"{"Items":[],"LastEvaluatedKey":{"sk":{"S":"tick/last"}}}"#,
            #"{"Items":[],"LastEvaluatedKey":{"sk":{"S":""}}}"#,
            #"{"Items":[],"LastEvaluatedKey":{"sk":{"S":"a"}}}"#,
            #"{"Items":[],"LastEvaluatedKey":{"sk":{"N":"1"}}}"#,
            #"{"Items":[],"LastEvaluatedKey":{}}"#, #"{"Items":[],"LastEvaluatedKey":[]}"#,
        ])
    func list(body: String) async throws {
        let (store, transport) = try Self.store(body)
        let failure = await expectFailure(.unavailable) {
            _ = try await store.keys(prefix: "tick/", after: nil, limit: 100)
        }
        #expect(failure?.message.contains("AWS_ENDPOINT_URL") == true)
        #expect(transport.requests.count <= 6)
    }

    @Test("leaves out keys of others, and knows the last page")
    func lastPage() async throws {
        let items = #"[{"sk":{"N":"5"}},{},{"sk":{"S":"tick/a b"}},{"sk":{"S":"tick/last"}}]"#
        for end in ["", #","LastEvaluatedKey":null"#] {
            let (store, _) = try Self.store(#"{"Items":\#(items)\#(end)}"#)
            let keys = try await store.keys(prefix: "tick/", after: nil, limit: 100)
            #expect(keys.map(\.description) == ["tick/last"])
        }
    }

    // MARK: SQS

    private static func queue(_ message: String) throws -> SQSQueue {
        let policy = #"{\"deadLetterTargetArn\":\"arn:aws:sqs:r:1:dead\"}"#
        return SQSQueue(
            queueURL: "https://sqs.eu-central-1.amazonaws.com/1/q",
            client: try client(
                .sqs, .keyed(),
                Answers([
                    (200, [:], #"{"Attributes":{"RedrivePolicy":"\#(policy)"}}"#),
                    (200, [:], message),
                ])))
    }

    @Test(
        "of SQS brings the messages that can be settled, whatever is beside them",
        arguments: [
            ("", 0), ("{}", 0), (#"{"Messages":null}"#, 0), (#"{"Messages":{}}"#, 0),
            (#"{"Messages":[5,null,{},{"Body":"x"},{"ReceiptHandle":"r"}]}"#, 0),
            (#"{"Messages":[{"Body":5,"ReceiptHandle":"r"}]}"#, 0),
            (#"{"Messages":[{"Body":"x","ReceiptHandle":"r"},7]}"#, 1),
            (#"{"Messages":[{"Body":"","ReceiptHandle":"r","MessageId":5}]}"#, 1),
        ])
    func received(body: String, count: Int) async throws {
        let found = try await Self.queue(body).receive(10, lease: .seconds(60))
        #expect(found.count == count)
        #expect(found.allSatisfy { $0.attempt == 1 && $0.unrecognized != nil })
    }

    @Test(
        "of SQS with an odd number of attempts is settled all the same",
        arguments: ["0", "-1", "9223372036854775807", "99999999999999999999", "x", ""])
    func attempts(text: String) async throws {
        let body = """
            {"Messages":[{"Body":"x","ReceiptHandle":"r","Attributes":\
            {"ApproximateReceiveCount":"\(text)"}}]}
            """
        let found = try #require(try await Self.queue(body).receive(1, lease: .seconds(60)).first)
        switch RetrySchedule.settlement(for: Failure(.unavailable, "x"), attempt: found.attempt) {
        case .retry(let wait, _): #expect(wait == RetrySchedule.delays[0])
        default: #expect(text == "9223372036854775807")
        }
    }

    @Test(
        "about a queue without a usable redrive policy names what to set",
        arguments: [
            "", "{}", #"{"Attributes":[]}"#, #"{"Attributes":{"RedrivePolicy":5}}"#,
            #"{"Attributes":{"RedrivePolicy":"no JSON"}}"#,
            #"{"Attributes":{"RedrivePolicy":"{\"deadLetterTargetArn\":\"a:b\"}"}}"#,
        ])
    func policies(body: String) async throws {
        let queue = SQSQueue(
            queueURL: "https://sqs.eu-central-1.amazonaws.com/1/q",
            client: try client(.sqs, .keyed(), Answers([(200, [:], body)])))
        let failure = await expectFailure(.misconfigured) {
            _ = try await queue.receive(1, lease: .seconds(60))
        }
        #expect(failure?.message.contains("Add a redrive policy") == true)
    }
}
