import Domain
public import Ports

extension ReceivedMessage {
    /// The delivery of the message's event, or of an unrecognized message.
    public var delivery: EventDelivery {
        guard let event = try? JSON.value(Array(body.utf8))?.decode(CloudEvent.self) else {
            let reason =
                "the message \(id) is not an event of copilot-usage: another program sends to this"
                + " queue"
            return EventDelivery(
                UnrecognizedMessage(reason: reason, content: body), id: id, receipt: receipt,
                attempt: attempt)
        }
        return EventDelivery(event: event, receipt: receipt, attempt: attempt)
    }
}
