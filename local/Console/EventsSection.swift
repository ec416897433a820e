import Domain
import HTML
import Ports

/// Pending events and dead letters.
enum EventsSection {
    /// The most events that are listed; the rest of a long backlog is a number.
    private static let rowCountMax = 100

    static func html(_ events: [QueuedEvent]) -> HTML {
        let dead = events.filter { $0.due == nil }
        let queued = events.filter { $0.due != nil }
        return """
            <h2>Pending events</h2>
            \(table(queued, none: "No pending events."))
            <h2>Dead letters</h2>
            \(table(dead, none: "No dead letters."))
            \(dead.isEmpty ? "" : redrive)
            """
    }

    private static let redrive: HTML =
        "<p>Send them again: <code>copilot-local dead-letters redrive</code></p>"

    private static func table(_ events: [QueuedEvent], none: HTML) -> HTML {
        guard !events.isEmpty else { return "<p>\(none)</p>" }
        let left = events.count - rowCountMax
        let more: HTML = left > 0 ? "<p>and \(left) more</p>" : ""
        return """
            <div class="wide"><table>
            <thead><tr><th scope="col">Event</th><th scope="col">About</th>\
            <th scope="col">Attempts</th><th scope="col">Due</th>\
            <th scope="col">Last reason</th></tr></thead>
            <tbody>
            \(events.prefix(rowCountMax).map(row))
            </tbody></table></div>
            \(more)
            """
    }

    private static func row(_ event: QueuedEvent) -> HTML {
        """
        <tr><td>\(event.event.type.function.rawValue)</td><td>\(event.event.subject ?? "")</td>\
        <td class="number">\(event.attempts)</td><td>\(event.due?.description ?? "never")</td>\
        <td>\(event.reason ?? "")</td></tr>
        """
    }
}
