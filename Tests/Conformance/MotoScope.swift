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

/// Runs one moto server for a suite.
///
/// Each test creates its own table or queue.
struct MotoScope: SuiteTrait, TestScoping {
    @TaskLocal static var current: (moto: Moto, key: Moto.Key)?

    /// The permissions that the adapters need, and no others.
    ///
    /// A batch of SQS is one permission at AWS and two in moto. A transaction has a permission only in
    /// moto.
    static let permissions = [
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query",
        "dynamodb:TransactWriteItems",
        "sqs:SendMessage", "sqs:SendMessageBatch", "sqs:ReceiveMessage", "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    ]

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Moto.withRunning { moto in
            let key = try await moto.key(allowing: Self.permissions)
            try await Self.$current.withValue((moto, key)) { try await function() }
        }
    }

    static func running() throws -> Moto { try #require(current).moto }

    static func client(_ service: AWSService) throws -> AWSClient {
        let (moto, key) = try #require(current)
        var settings = AWSSettings()
        settings.region = Moto.region
        settings.endpoint = moto.url
        settings.keyID = key.id
        settings.secretKey = Secret(key.secret)
        let transport = CurlTransport()
        return try AWSClient(
            service, settings: settings,
            credentials: AWSCredentialSource(
                settings, transport: transport, clock: ManualClock(noon)),
            transport: transport, time: ContinuousClock(), entropy: SystemEntropy())
    }

    static func store(table: String, clock: any WallClock) throws -> DynamoStore {
        DynamoStore(
            table: table, client: try client(.dynamoDB), clock: clock, entropy: SystemEntropy())
    }

    static func queue(_ url: String) throws -> SQSQueue {
        SQSQueue(queueURL: url, client: try client(.sqs), waiting: .zero)
    }

    /// The event of a message in the dead-letter queue.
    static func dead(_ message: JSONValue) throws -> QueuedEvent {
        let body = try #require(message["Body"]?.text)
        let attributes = message["MessageAttributes"]
        let attempts = attributes?["attempts"]?["StringValue"]?.text.flatMap { Int($0) }
        return QueuedEvent(
            event: try JSON.decode(CloudEvent.self, from: Array(body.utf8), at: "the message"),
            attempts: attempts ?? 0, due: nil, reason: attributes?["reason"]?["StringValue"]?.text)
    }
}

extension Trait where Self == MotoScope {
    /// Runs a simulation of AWS, for the adapters that need it.
    static var besideMoto: Self { Self() }
}
