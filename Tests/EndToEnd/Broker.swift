import CloudEvents
import Domain
import Ports
import Synchronization
import TestSupport
import Testing
import Toolbox

/// A broker such as Knative's, as far as a sender and a subscriber can tell: it keeps each event
/// before it acknowledges it, and delivers it until the subscriber says that it is done.
final class Broker: Sendable {
    private let kept = Mutex<[ReceivedEvent]>([])

    /// The events in the order of their coming.
    var events: [ReceivedEvent] { kept.withLock { $0 } }

    /// Takes an event, or refuses what is none.
    func take(_ request: LoopbackServer.Request) -> LoopbackServer.Step {
        let fields = request.fields.map { (name: $0.key, value: $0.value) }
        guard request.method == "POST",
            case .event(let event)? = try? EventContent.read(fields, body: request.body)
        else { return .reply(400) }
        kept.withLock { $0.append(event) }
        return .reply(202)
    }

    /// Delivers one event as Knative's filter does: in the binary mode, asking for a reply that is a
    /// CloudEvent or nothing, and again for each answer that its table retries.
    ///
    /// - Returns: The answers, the last of which is final.
    static func deliver(
        _ event: ReceivedEvent, to subscriber: ServedFunction
    ) async throws -> [ServedFunction.Reply] {
        var fields = ["prefer": "reply"]
        for (name, value) in event.attributes where name != "datacontenttype" {
            fields["ce-\(name)"] = value
        }
        fields["content-type"] = event.attributes["datacontenttype"]
        let bytes: [UInt8] =
            switch event.data {
            case .bytes(let bytes)?: bytes
            case .json(let value)?: JSON.encode(value)
            case nil: []
            }
        let body = String(decoding: bytes, as: UTF8.self)
        var answers: [ServedFunction.Reply] = []
        while answers.count < 8 {
            let answer = try await subscriber.post(fields, body)
            answers.append(answer)
            guard [404, 408, 409, 429].contains(answer.status) || answer.status >= 500 else {
                break
            }
            #expect(answer.fields["retry-after"] != nil)
        }
        if let last = answers.last, 200..<300 ~= last.status {
            // "The response MUST be either empty or a valid CloudEvent", says the filter, and fails.
            #expect(last.text.isEmpty)
        }
        return answers
    }
}
