import AWS
import Domain
import Ports
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a queue's dead messages go, as its redrive policy says; asked once.
final class DeadLetterQueue: Sendable {
    private let queueURL: String
    private let known = Mutex<String?>(nil)

    init(of queueURL: String) { self.queueURL = queueURL }

    /// The dead-letter queue's address.
    ///
    /// - Throws: `misconfigured` if the queue has no redrive policy.
    func url(asking client: AWSClient) async throws(Failure) -> String {
        if let url = known.withLock({ $0 }) { return url }
        let reply: JSONValue
        do throws(AWSFault) {
            reply = try await client.call(
                "GetQueueAttributes",
                [
                    "QueueUrl": .string(queueURL),
                    "AttributeNames": .array([.string("RedrivePolicy")]),
                ])
        } catch {
            throw error.failure
        }
        let url = try Self.url(policy: reply["Attributes"]?["RedrivePolicy"]?.text, of: queueURL)
        known.withLock { $0 = url }
        return url
    }

    /// Finds the address beside the queue's own: both are in one region, and in one account by
    /// SQS's rule.
    static func url(policy: String?, of queueURL: String) throws(Failure) -> String {
        let value = policy.flatMap {
            try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
        }
        let parts = value?["deadLetterTargetArn"]?.text?.split(separator: ":") ?? []
        guard parts.count == 6, let slash = queueURL.lastIndex(of: "/") else {
            throw Failure(
                .misconfigured,
                "the queue of EVENT_BUS has no dead-letter queue: give it a redrive policy with"
                    + " maxReceiveCount of at least 8")
        }
        return "\(queueURL[...slash])\(parts[5])"
    }
}
