import AWS
import Domain
import Ports
import Synchronization
import Toolbox

/// The dead-letter queue of a queue, from its redrive policy, which is requested once.
final class DeadLetterQueue: Sendable {
    private let queueURL: String
    private let known = Mutex<String?>(nil)

    init(of queueURL: String) { self.queueURL = queueURL }

    /// Returns the URL of the dead-letter queue.
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

    /// Derives the URL from that of the queue: SQS requires both in the same region and account.
    static func url(policy: String?, of queueURL: String) throws(Failure) -> String {
        let value = policy.flatMap { JSON.value(Array($0.utf8)) }
        let parts = value?["deadLetterTargetArn"]?.text?.split(separator: ":") ?? []
        guard parts.count == 6, let slash = queueURL.lastIndex(of: "/") else {
            throw Failure(
                .misconfigured,
                "the queue in EVENT_BUS has no dead-letter queue. Add a redrive policy with a"
                    + " maxReceiveCount of at least 8.")
        }
        return "\(queueURL[...slash])\(parts[5])"
    }
}
