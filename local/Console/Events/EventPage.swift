import Domain
import FunctionInterface
import HTML
import Ports
import Toolbox
import Worker

/// One event: how it stands, its attempts, and what a tick led to.
struct EventPage {
    /// The most events that a tick led to and that are listed.
    private static let followUpCountMax = 100

    let id: String
    /// The event while it is on the bus; nil if it is done, or was never there.
    let queued: QueuedEvent?
    /// The attempts at the event, oldest first.
    let attempts: [JournalEntry]
    /// The events that a tick led to and that still wait.
    let waiting: [QueuedEvent]
    /// The events that a tick led to and that were tried.
    let tried: [JournalEntry]
    let refresh: HTML
    let forms: ActionForms

    /// Finds an event.
    ///
    /// - Returns: nil if neither the bus nor the journal knows it.
    init?(
        _ id: String, _ queued: [QueuedEvent], _ journal: [JournalEntry], refresh: HTML,
        forms: ActionForms
    ) {
        self.id = id
        self.refresh = refresh
        self.forms = forms
        self.queued = queued.first { $0.event.id == id }
        attempts = journal.filter { $0.event == id }
        guard self.queued != nil || !attempts.isEmpty else { return nil }
        let isTick = attempts.last?.function == .onDailyTick
        let summary = attempts.last?.tick
        // Collections carry the day of their tick at the end of their ids.
        let day = id.split(separator: "/").dropFirst().first.map { "/" + $0.prefix(10) } ?? "/"
        let (integrations, isSplit) = (summary?.integrations, summary?.ticks != nil)
        func isLed(_ other: String) -> Bool {
            // The ids of the ticks that one was split into begin with its own.
            if isSplit, other.hasPrefix("\(id)/") { return true }
            return other.hasPrefix("collect/") && other.hasSuffix(day)
                && integrations?.contains { other.hasPrefix("collect/\($0)/") } ?? true
        }
        let end = attempts.last?.time
        waiting = isTick ? queued.filter { $0.due != nil && isLed($0.event.id) } : []
        tried =
            isTick
            ? journal.filter { entry in isLed(entry.event) && end.map { entry.time >= $0 } ?? false
            }
            : []
    }

    /// Whether nothing is to be expected any more.
    var isEnded: Bool { queued?.due == nil && waiting.isEmpty }

    private var isDead: Bool { queued.map { $0.due == nil } ?? false }

    var html: HTML {
        """
        <p><a href="/events">Events</a></p>
        <h1>\(title)</h1>
        <p class="answer">\(state)</p>
        <p class="quiet">\(id)\(isEnded ? "" : " · \(refresh)" as HTML)</p>
        \(isDead ? forms.button("Send again", .redrive(id)) : "")
        <h2>Attempts</h2>
        \(EventsPage.table(of: attempts, none: "No attempt yet."))
        \(ledTo)
        """
    }

    private var title: String {
        let subject = queued?.event.subject ?? attempts.last?.subject ?? id
        let function = queued?.event.type.function ?? attempts.last?.function
        guard function == .onDailyTick else { return subject.replacing("/", with: ", ") }
        return "Tick of \(Timestamp(subject)?.words ?? subject)"
    }

    private var state: HTML {
        if let queued {
            guard let due = queued.due else {
                return """
                    <span class="bad">Failed for good</span> after \
                    \(queued.attempts == 1 ? "1 attempt" : "\(queued.attempts) attempts"): \
                    \(queued.reason ?? "no reason was given")
                    """
            }
            guard queued.attempts > 0 else { return "<span class=\"open\">Pending.</span>" }
            return """
                <span class="open">Attempt \(queued.attempts) is in progress, or the next is due at \
                \(due.words).</span>
                """
        }
        let count = waiting.count + Set(tried.map(\.event)).count
        guard attempts.last?.function == .onDailyTick, count > 0 else {
            return "<span class=\"good\">Done.</span>"
        }
        guard waiting.isEmpty else {
            return """
                <span class="open">\(waiting.count.grouped) of \(count.grouped) events are still to come.</span>
                """
        }
        return "<span class=\"good\">Done, with all it led to.</span>"
    }

    private var ledTo: HTML {
        guard !waiting.isEmpty || !tried.isEmpty else { return "" }
        return """
            <h2>What it led to</h2>
            \(waiting.isEmpty ? "" : EventsPage.table(of: waiting, forms: ActionForms(session: nil)))
            \(tried.isEmpty ? "" : EventsPage.table(of: tried, none: ""))
            """
    }
}
