import AWS
import Domain
import DynamoStore
import Ports
import SQSQueue

/// AWS as one deployment uses it: one source of keys for all services.
struct AWSAccount {
    private let settings: AWSSettings
    private let transport: any HTTPTransport
    private let clock: any WallClock
    private let time: any Clock<Duration>
    private let entropy: any Entropy
    private let credentials: AWSCredentialSource

    /// Creates an account; keys are first requested when a service is first called.
    init(
        _ settings: AWSSettings, transport: any HTTPTransport, clock: any WallClock,
        time: any Clock<Duration>, entropy: any Entropy
    ) {
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.time = time
        self.entropy = entropy
        credentials = AWSCredentialSource(settings, transport: transport, clock: clock)
    }

    func store(table: String) throws(Failure) -> DynamoStore {
        DynamoStore(table: table, client: try client(.dynamoDB), clock: clock, entropy: entropy)
    }

    func queue(_ queueURL: String) throws(Failure) -> SQSQueue {
        SQSQueue(queueURL: queueURL, client: try client(.sqs))
    }

    private func client(_ service: AWSService) throws(Failure) -> AWSClient {
        try AWSClient(
            service, settings: settings, credentials: credentials, transport: transport, time: time,
            entropy: entropy)
    }
}
