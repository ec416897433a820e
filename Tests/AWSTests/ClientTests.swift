import AWS
import Domain
import Fakes
import InMemory
import Ports
import SQSQueue
import TestSupport
import Testing

@Suite("AWS calls", .timeLimit(.minutes(2)))
struct ClientTests {
    typealias Answer = (Int, [String: String], String)

    private static func xml(_ code: String, _ message: String) -> String {
        "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
    }

    private static func call(
        _ answers: [Answer], _ service: AWSService = .dynamoDB, _ action: String = "GetItem"
    ) async throws -> (fault: AWSFault?, sentCount: Int, sleeps: [Duration]) {
        let transport = Answers(answers)
        let time = ManualTime()
        let client = try client(service, .keyed(), transport, time: time)
        do throws(AWSFault) {
            _ = try await client.call(action, ["A": .integer(1)])
            return (nil, transport.asked.count, time.sleeps)
        } catch {
            return (error, transport.asked.count, time.sleeps)
        }
    }

    @Test(
        "publish nothing that the response does not confirm",
        arguments: ["", "{}", #"{"Successful":[]}"#, #"{"Successful":[{"Id":"0"}],"Failed":[]}"#])
    func unconfirmed(text: String) async throws {
        let events = (0..<2).map { number in
            CloudEvent(id: "\(number)", type: .tick, time: noon, data: .object([:]))
        }
        let queue = SQSQueue(
            queueURL: "https://sqs.eu-central-1.amazonaws.com/1/q",
            client: try client(.sqs, .keyed(), Answers([(200, [:], text)])))
        let failure = await #expect(throws: Failure.self) { try await queue.publish(events) }
        #expect(failure?.code == .unavailable)
        #expect(failure?.message.contains("does not confirm") == true)
    }

    @Test(
        "convert AWS's errors",
        arguments: [
            (
                (
                    400, [:],
                    #"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}"#
                ),
                Failure.Code.conflict, "The conditional request failed"
            ),
            (
                (
                    400, [:],
                    #"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed"}]}"#
                ),
                .conflict, "ConditionalCheckFailed"
            ),
            (
                (
                    400, [:],
                    #"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: x is not authorized to perform: dynamodb:GetItem"}"#
                ),
                .forbidden, "allow dynamodb:GetItem in the role's policy"
            ),
            (
                (403, [:], xml("AccessDenied", "User: x may not")), .forbidden,
                "AWS does not allow dynamodb:GetItem: User: x may not"
            ),
            (
                (403, [:], xml("SignatureDoesNotMatch", "The signature we calculated")),
                .misconfigured, "AWS_SECRET_ACCESS_KEY"
            ),
            (
                (
                    400, [:],
                    #"{"__type":"UnrecognizedClientException","message":"The security token is invalid"}"#
                ),
                .misconfigured, "AWS_ACCESS_KEY_ID"
            ),
            (
                (
                    400, [:],
                    #"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}"#
                ),
                .misconfigured,
                "the resource in STATE_STORE does not exist in this account and region"
            ),
            (
                (400, ["x-amzn-errortype": "ValidationException:http://internal.amazon.com/"], ""),
                .rejected, "dynamodb:GetItem: ValidationException"
            ),
            ((418, [:], "a teapot"), .rejected, "dynamodb:GetItem: status 418"),
            ((301, ["location": "/x"], ""), .rejected, "AWS_ENDPOINT_URL"),
            ((403, [:], ""), .forbidden, "status 403"),
            (
                (400, [:], #"{"__type":"x#NewException","message":"Something new."}"#), .rejected,
                "dynamodb:GetItem: Something new"
            ),
            ((400, [:], #"{"__type":5,"message":[]}"#), .rejected, "status 400"),
        ] as [(Answer, Failure.Code, String)])
    func faults(answer: Answer, code: Failure.Code, words: String) async throws {
        let (fault, sentCount, _) = try await Self.call([answer])
        #expect(fault?.failure.code == code)
        #expect(fault?.failure.message.contains(words) == true, "\(fault?.failure.message ?? "")")
        #expect(sentCount == 1)
    }

    @Test("name the permission for a batch, and a missing queue")
    func queueFaults() async throws {
        let denied: Answer = (403, [:], #"{"__type":"AccessDenied","message":"no"}"#)
        let (fault, _, _) = try await Self.call([denied], .sqs, "SendMessageBatch")
        #expect(fault?.failure.message.contains("allow sqs:SendMessage in") == true)
        let absent: Answer = (
            400, ["x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"],
            #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}"#
        )
        let (second, _, _) = try await Self.call([absent], .sqs, "SendMessage")
        #expect(second?.failure.code == .misconfigured)
        #expect(second?.failure.message.contains("EVENT_BUS") == true)
    }

    @Test(
        "are attempted up to four times after temporary errors",
        arguments: [
            ((400, [:], #"{"__type":"ThrottlingException"}"#), Failure.Code.rateLimited),
            (
                (400, [:], #"{"__type":"x#ProvisionedThroughputExceededException"}"#),
                .rateLimited
            ),
            (
                (
                    400, [:],
                    #"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"ThrottlingError"}]}"#
                ),
                .rateLimited
            ),
            ((500, [:], #"{"__type":"InternalServerError"}"#), .unavailable),
            ((503, [:], "<html>"), .unavailable),
            ((403, [:], "<html>a proxy</html>"), .unavailable),
            ((407, ["content-type": "text/html"], "Sign in"), .unavailable),
            ((200, [:], "<html>a proxy</html>"), .unavailable), ((200, [:], ""), .unavailable),
        ] as [(Answer, Failure.Code)])
    func retries(answer: Answer, code: Failure.Code) async throws {
        let healed = try await Self.call([answer, answer, (200, [:], "{}")])
        #expect(healed.fault == nil)
        #expect(healed.sentCount == 3)
        // The ceilings, which double.
        #expect(healed.sleeps.map { Int($0 / .milliseconds(1)) } == [200, 400])
        let (fault, sentCount, sleeps) = try await Self.call(
            Array(repeating: answer, count: 9))
        #expect(fault?.failure.code == code)
        #expect(sentCount == 4)
        #expect(sleeps.count == 3)
    }

    @Test("renew expired credentials once")
    func expiredKey() async throws {
        func key(_ number: Int) -> Answer {
            (200, [:], #"{"AccessKeyId":"ASIA\#(number)","SecretAccessKey":"s"}"#)
        }
        let expired: Answer = (400, [:], #"{"__type":"ExpiredTokenException","message":"old"}"#)
        var settings = AWSSettings()
        settings.region = "eu-central-1"
        settings.containerPath = "/role"
        let transport = Answers([key(1), expired, key(2), (200, [:], #"{"a":1}"#)])
        let client = try client(.dynamoDB, settings, transport)
        #expect(try await client.call("GetItem", [:])["a"] == .integer(1))
        #expect(transport.asked.compactMap { $0.signing?.keyID } == ["ASIA1", "ASIA2"])

        let again = Answers([key(1), expired, key(2), expired])
        let other = try AWSTests.client(.dynamoDB, settings, again)
        let fault = await #expect(throws: AWSFault.self) {
            _ = try await other.call("GetItem", [:])
        }
        // The word for the end of a person's authorization, which this is not.
        #expect(fault?.failure.code == .misconfigured)
        #expect(fault?.failure.message.contains("AWS_SESSION_TOKEN") == true)
    }

    @Test(
        "use the endpoint of the region or of the variables",
        arguments: [
            ("eu-central-1", "https://dynamodb.eu-central-1.amazonaws.com"),
            ("us-gov-west-1", "https://dynamodb.us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn"),
            ("us-isob-east-1", "https://dynamodb.us-isob-east-1.sc2s.sgov.gov"),
        ])
    func endpoints(region: String, url: String) async throws {
        var settings = AWSSettings.keyed()
        settings.region = region
        func asked() async throws -> HTTPClientRequest {
            let transport = Answers([(200, [:], "{}")])
            _ = try await client(.dynamoDB, settings, transport).call("Query", [:])
            return try #require(transport.asked.first)
        }
        #expect(try await asked().url == url)
        settings.endpoint = "http://127.0.0.1:1"
        #expect(try await asked().url == "http://127.0.0.1:1")
        settings.sqsEndpoint = "http://127.0.0.1:2"
        #expect(try await asked().url == "http://127.0.0.1:1")
        settings.dynamoDBEndpoint = "http://127.0.0.1:3"
        let request = try await asked()
        #expect(request.url == "http://127.0.0.1:3")
        #expect(request.signing?.region == region)
        #expect(request.signing?.service == "dynamodb")
        #expect(request.fields["x-amz-target"] == "DynamoDB_20120810.Query")
    }

    @Test("need a region", arguments: [nil, "", "eu central 1", "x:y"])
    func noRegion(region: String?) async throws {
        var settings = AWSSettings.keyed()
        settings.region = region
        let failure = await expectFailure(.misconfigured) {
            _ = try client(.sqs, settings, Answers([]))
        }
        #expect(failure?.message.contains("AWS_REGION") == true)
    }
}
