import AWS
import CurlHTTP
import Domain
import DynamoStore
import Fakes
import InMemory
import OpenSSLCrypto
import Ports
import SQSQueue
import TestSupport
import Testing
import Toolbox

/// What the conformance suites do not cover: permissions, and unrecognized messages in a queue.
@Suite("The AWS store and queue", .besideMoto, .timeLimit(.minutes(3)))
struct EngineTests {
    private static func settings(
        _ moto: Moto, allowing actions: [String]
    ) async throws -> AWSSettings {
        let key = try await moto.key(allowing: actions)
        return .keyed(moto.url, id: key.id, secret: key.secret)
    }

    private static func store(
        _ moto: Moto, _ settings: AWSSettings, table: String,
        _ transport: any HTTPTransport = CurlTransport()
    ) throws -> DynamoStore {
        DynamoStore(
            table: table, client: try client(.dynamoDB, settings, transport),
            clock: ManualClock(noon), entropy: SystemEntropy())
    }

    private static func queue(
        _ settings: AWSSettings, _ url: String, _ transport: any HTTPTransport = CurlTransport()
    ) throws -> SQSQueue {
        SQSQueue(queueURL: url, client: try client(.sqs, settings, transport), waiting: .zero)
    }

    private static let event = CloudEvent(
        id: "collect/1", type: .collect, time: noon,
        data: .object(["integration": .string("9-copilot"), "organization": .string("acme")]))

    @Test("report each missing permission")
    func permissions() async throws {
        let moto = try MotoScope.running()
        let (table, queue) = (try await moto.table(), try await moto.queue())
        let key = try #require(StoreKey("a/b"))
        let none = try await Self.settings(moto, allowing: [])
        func store(allowing actions: [String]) async throws -> DynamoStore {
            try Self.store(moto, await Self.settings(moto, allowing: actions), table: table)
        }
        let (blind, listing) = (
            try await store(allowing: []), ["dynamodb:GetItem", "dynamodb:Query"]
        )
        let (lookup, reader) = (
            try await store(allowing: ["dynamodb:GetItem"]), try await store(allowing: listing)
        )
        let delivery = EventDelivery(event: Self.event, receipt: "r", attempt: 1)
        let bus = try Self.queue(none, queue.url)
        let reading = try Self.queue(
            await Self.settings(moto, allowing: ["sqs:GetQueueAttributes"]), queue.url)
        let attempts: [(String, () async throws -> Void)] = [
            ("dynamodb:GetItem", { _ = try await blind.entry(for: key) }),
            ("dynamodb:PutItem", { try await reader.put([], for: key, if: .always) }),
            ("dynamodb:DeleteItem", { try await reader.remove(key, if: .always) }),
            ("dynamodb:Query", { _ = try await lookup.keys(prefix: "", after: nil, limit: 1) }),
            ("sqs:SendMessage", { try await bus.publish([Self.event]) }),
            ("sqs:GetQueueAttributes", { _ = try await bus.receive(1, lease: .seconds(1)) }),
            ("sqs:ReceiveMessage", { _ = try await reading.receive(1, lease: .seconds(1)) }),
            ("sqs:DeleteMessage", { try await bus.settle(delivery, as: .done) }),
            (
                "sqs:ChangeMessageVisibility",
                { try await bus.settle(delivery, as: .extend(lease: .seconds(1))) }
            ),
            ("sqs:SendMessage", { try await reading.settle(delivery, as: .dead(reason: "r")) }),
        ]
        for (permission, attempt) in attempts {
            let failure = await expectFailure(.forbidden) { try await attempt() }
            #expect(failure?.message.contains("allow \(permission) in") == true, "\(permission)")
        }
    }

    @Test(
        "are refused with a wrong secret, an unknown key and temporary credentials without a token")
    func signatures() async throws {
        let moto = try MotoScope.running()
        let table = try await moto.table()
        let key = try #require(StoreKey("a"))
        let right = try await moto.key(allowing: ["dynamodb:GetItem"])
        for (id, secret) in [(right.id, "wrong"), ("AKIAIOSFODNN7EXAMPLE", right.secret)] {
            let store = try Self.store(
                moto, .keyed(moto.url, id: id, secret: secret), table: table)
            let failure = await expectFailure(.misconfigured) {
                _ = try await store.entry(for: key)
            }
            #expect(failure?.message.contains("AWS_SECRET_ACCESS_KEY") == true)
            #expect(failure?.message.contains(secret) == false)
        }
    }

    @Test("accept temporary credentials with a session token")
    func assumedRole() async throws {
        let moto = try MotoScope.running()
        let table = try await moto.table()
        let name = JSONValue.string("role-\(UInt64.random(in: 0 ... .max))")
        let trust =
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#
        let allowed =
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:GetItem","dynamodb:Query"],"Resource":"*"}}"#
        let role = try await moto.administer(
            "iam", "create_role",
            ["RoleName": name, "AssumeRolePolicyDocument": .string(trust)])
        try await moto.administer(
            "iam", "put_role_policy",
            [
                "RoleName": name, "PolicyName": .string("p"), "PolicyDocument": .string(allowed),
            ])
        let leased = try await moto.administer(
            "sts", "assume_role",
            [
                "RoleArn": try #require(role["Role"]?["Arn"]),
                "RoleSessionName": .string("session"),
            ])
        let key = try #require(leased["Credentials"])
        var settings = AWSSettings.keyed(
            moto.url, id: try #require(key["AccessKeyId"]?.text),
            secret: try #require(key["SecretAccessKey"]?.text))
        settings.sessionToken = Secret(try #require(key["SessionToken"]?.text))
        let place = try #require(StoreKey("a"))
        let store = try Self.store(moto, settings, table: table)
        let version = try await store.put([1], for: place, if: .absent)
        #expect(try await store.entry(for: place)?.version == version)

        settings.sessionToken = nil
        let without = try Self.store(moto, settings, table: table)
        await expectFailure(.misconfigured) { _ = try await without.entry(for: place) }
    }

    @Test("that do not exist are reported with their variable")
    func absent() async throws {
        let moto = try MotoScope.running()
        let settings = try await Self.settings(moto, allowing: ["dynamodb:*", "sqs:*"])
        let store = try Self.store(moto, settings, table: "no-such-table")
        let key = try #require(StoreKey("a"))
        let noTable = await expectFailure(.misconfigured) { _ = try await store.entry(for: key) }
        #expect(noTable?.message.contains("STATE_STORE") == true)
        let queue = try Self.queue(settings, "\(moto.url)/123456789012/no-such-queue")
        let noQueue = await expectFailure(.misconfigured) { try await queue.publish([Self.event]) }
        #expect(noQueue?.message.contains("EVENT_BUS") == true)
        let bare = try await moto.queue(hasDeadLetters: false)
        let noPolicy = await expectFailure(.misconfigured) {
            _ = try await Self.queue(settings, bare.url).receive(1, lease: .seconds(1))
        }
        #expect(noPolicy?.message.contains("redrive policy") == true)
    }

    @Test("write once although the response is lost, and succeed")
    func lostAnswer() async throws {
        let moto = try MotoScope.running()
        let table = try await moto.table()
        let settings = try await Self.settings(moto, allowing: ["dynamodb:*"])
        // The first write loses the response to the table's layout, the second one that to its entry.
        for text in ["a", "b"] {
            let key = try #require(StoreKey(text))
            let losing = LosingTransport(CurlTransport(), losing: 2, of: "PutItem")
            let store = try Self.store(moto, settings, table: table, losing)
            let version = try await store.put([1], for: key, if: .absent)
            #expect(try await store.entry(for: key) == StoreEntry(value: [1], version: version))
            // A different writer still causes a conflict.
            await expectFailure(.conflict) { try await store.put([2], for: key, if: .absent) }
        }
    }

    @Test("store the expiry for DynamoDB in whole seconds, rounded up")
    func timeToLive() async throws {
        let moto = try MotoScope.running()
        let table = try await moto.table()
        let settings = try await Self.settings(moto, allowing: ["dynamodb:*"])
        let store = try Self.store(moto, settings, table: table)
        let end = noon.advanced(by: .milliseconds(1_001))
        try await store.put([1], for: #require(StoreKey("a/b")), if: .absent, until: end)
        let found = try await moto.administer(
            "dynamodb", "scan", ["TableName": .string(table)])
        guard case .array(let items)? = found["Items"],
            let item = items.first(where: { $0["sk"]?["S"]?.text == "a/b" })
        else {
            Issue.record("nothing was written")
            return
        }
        #expect(item["pk"]?["S"]?.text == "copilot-usage-common")
        #expect(item["expiry"]?["N"]?.text == String(end.milliseconds))
        #expect(item["ttl"]?["N"]?.text == String(noon.seconds + 2))
    }

    @Test("deliver unrecognized messages, and dead-letter them unchanged")
    func foreignMessages() async throws {
        let moto = try MotoScope.running()
        let made = try await moto.queue()
        let settings = try await Self.settings(moto, allowing: ["sqs:*"])
        let queue = try Self.queue(settings, made.url)
        let foreign = [
            "hello", #"{"job":1}"#, #"["a"]"#,
            #"{"specversion":"1.0","id":"1","source":"s","type":"their.type","time":"2026-11-22T06:00:00Z","data":{}}"#,
        ]
        for body in foreign {
            try await moto.administer(
                "sqs", "send_message",
                ["QueueUrl": .string(made.url), "MessageBody": .string(body)])
        }
        try await queue.publish([Self.event])
        var leased: [EventDelivery] = []
        while case let some = try await queue.receive(1, lease: .seconds(60)), !some.isEmpty {
            leased += some
        }
        #expect(leased.filter { $0.unrecognized == nil }.map(\.event) == [Self.event])
        #expect(leased.compactMap(\.unrecognized?.content).sorted() == foreign.sorted())
        for delivery in leased {
            guard let message = delivery.unrecognized else { continue }
            try await queue.settle(delivery, as: .dead(reason: message.reason))
        }
        let dead = try await moto.messages(in: made.deadURL)
        #expect(dead.compactMap { $0["Body"]?.text }.sorted() == foreign.sorted())
        for message in dead {
            let reason = message["MessageAttributes"]?["reason"]?["StringValue"]?.text
            #expect(reason?.contains("another program sends to this queue") == true)
        }
    }

    @Test("dead-letter a message with a reason that SQS would not accept unchanged")
    func oddReason() async throws {
        let moto = try MotoScope.running()
        let made = try await moto.queue()
        let settings = try await Self.settings(moto, allowing: ["sqs:*"])
        let queue = try Self.queue(settings, made.url)
        for reason in ["", "a\u{0}b\u{FFFE}🧭", String(repeating: "x", count: 5_000)] {
            try await queue.publish([Self.event])
            let delivery = try #require(try await queue.receive(1, lease: .seconds(60)).first)
            try await queue.settle(delivery, as: .dead(reason: reason))
        }
        let reasons = try await moto.messages(in: made.deadURL).compactMap {
            $0["MessageAttributes"]?["reason"]?["StringValue"]?.text
        }
        #expect(Set(reasons) == ["no reason given", "a b 🧭", String(repeating: "x", count: 1_000)])
    }

    @Test("refuse an event of more than 1 MiB, and name it")
    func tooLarge() async throws {
        let moto = try MotoScope.running()
        let queue = try Self.queue(.keyed(moto.url), "\(moto.url)/123456789012/q")
        var event = Self.event
        event.data = .string(String(repeating: "x", count: 1 << 20))
        let failure = await expectFailure(.limitExceeded) { try await queue.publish([event]) }
        #expect(failure?.message.contains("collect/1") == true)
    }

    @Test("lose no event if the process dies between two calls", arguments: 0..<2)
    func crash(calls: Int) async throws {
        let moto = try MotoScope.running()
        let made = try await moto.queue()
        let settings = try await Self.settings(moto, allowing: ["sqs:*"])
        let queue = try Self.queue(settings, made.url)
        try await queue.publish([Self.event])
        let delivery = try #require(try await queue.receive(1, lease: .seconds(60)).first)
        // Sent to the dead-letter queue or not even that, and not deleted.
        let dying = DyingTransport(CurlTransport(), after: calls + 1)
        let crashed = try Self.queue(settings, made.url, dying)
        await #expect(throws: Failure.self) {
            try await crashed.settle(delivery, as: .dead(reason: "gone"))
        }
        #expect(try await moto.messages(in: made.deadURL).count == calls)
        try await moto.advance(by: .seconds(61))
        let again = try #require(try await queue.receive(1, lease: .seconds(60)).first)
        #expect(again.event == Self.event)
        #expect(again.attempt == 2)
        try await queue.settle(again, as: .dead(reason: "gone"))
        #expect(try await moto.messages(in: made.deadURL).count == calls + 1)
    }

    @Test("separate organizations by message group, and send ten events per call")
    func packing() async throws {
        let transport = ScriptedTransport { request throws(Failure) in
            let asked = try JSON.decode(JSONValue.self, from: request.body, at: "it")
            let reply = JSONValue.object(["Successful": asked["Entries"] ?? .null])
            return HTTPClientResponse(status: 200, bytes: JSON.encode(reply))
        }
        let queue = try Self.queue(.keyed(), "https://sqs.example/1/q", transport)
        try await queue.publish(
            (0..<11).map { number in
                var event = Self.event
                event.id = "collect/\(number)"
                return event
            })
        let sent = try transport.requests.map { request in
            try JSON.decode(JSONValue.self, from: request.body, at: "it")["Entries"]
        }
        let batches = sent.compactMap { entries -> [JSONValue]? in
            if case .array(let entries)? = entries { entries } else { nil }
        }
        // They are sent concurrently, in any order.
        let first = try #require(batches.max { $0.count < $1.count })
        #expect(batches.map(\.count).sorted() == [1, 10])
        #expect(Set(first.compactMap { $0["Id"]?.text }).count == 10)
        #expect(first.allSatisfy { $0["MessageGroupId"]?.text == "9-copilot" })
    }

    @Test("report events that were not accepted by a successful call")
    func partialFailure() async throws {
        let answer =
            #"{"Failed":[{"Id":"0","Code":"InternalError","Message":"try again","SenderFault":false}]}"#
        let queue = try Self.queue(
            .keyed(), "https://sqs.example/1/q", Answers([(200, [:], answer)]))
        let failure = await expectFailure(.unavailable) { try await queue.publish([Self.event]) }
        #expect(failure?.message.contains("1 of 1 events") == true)
    }

    @Test("wait no longer than the longest visibility timeout")
    func longWait() async throws {
        let transport = Answers([(200, [:], ""), (200, [:], "{}")])
        let queue = try Self.queue(.keyed(), "https://sqs.example/1/q", transport)
        let delivery = EventDelivery(event: Self.event, receipt: "r", attempt: 1)
        try await queue.settle(delivery, as: .retry(after: .seconds(86_400), reason: "r"))
        try await queue.settle(delivery, as: .extend(lease: .milliseconds(1_500)))
        let waits = try transport.asked.map { request in
            try JSON.decode(JSONValue.self, from: request.body, at: "it")["VisibilityTimeout"]
        }
        #expect(waits == [.integer(39_600), .integer(2)])
    }
}
