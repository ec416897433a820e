import Domain
import Ports

/// An event that is kept, as it stands in a line of the journal.
struct Item: Codable {
    let event: CloudEvent
    /// Which publication it was, a larger number than whatever was there before.
    ///
    /// Nil in a line of a version that did not count; such events come first, by id.
    let published: Int?
    var attempts = 0
    /// When it may be lent next, the end of the lease while it is lent; nil when it is dead.
    var due: Timestamp?
    /// Which loan may settle it; nil when none may.
    var receipt: String?
    var reason: String?

    init(event: CloudEvent, published: Int?, due: Timestamp) {
        self.event = event
        self.published = published
        self.due = due
    }

    /// What becomes of it; nil when it is to be forgotten.
    func settled(as settlement: Settlement, at now: Timestamp) -> Item? {
        var item = self
        switch settlement {
        case .done: return nil
        case .retry(let wait, let reason):
            (item.due, item.receipt, item.reason) = (now.advanced(by: wait), nil, reason)
        case .dead(let reason):
            (item.due, item.receipt, item.reason) = (nil, nil, reason)
        case .extend(let lease):
            item.due = now.advanced(by: lease)
        }
        return item
    }
}
