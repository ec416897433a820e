import Charts
import Domain
import FunctionInterface
import HTML
import Ports
import Toolbox
import Worker

/// What waits, what happened, and what failed for good.
struct EventsPage {
    /// The most rows of one table; the rest of a long backlog is a number.
    static let rowCountMax = 50

    let queued: [QueuedEvent]
    /// Attempts, oldest first.
    let attempts: [JournalEntry]
    let search: String
    let show: Show
    /// How to let the page read itself again, or stop it.
    let refresh: HTML
    /// How many dead letters were just sent again.
    let sentCount: Int?
    let forms: ActionForms

    /// What is shown.
    enum Show: String, CaseIterable {
        case all, pending, failed, happened
    }

    var html: HTML {
        let dead = queued.filter { $0.due == nil && matches($0.event.subject, $0.event.id) }
        let pending = queued.filter { $0.due != nil && matches($0.event.subject, $0.event.id) }
        let happened = attempts.filter { matches($0.subject, $0.event) }
        return """
            <h1>Events</h1>
            \(sent)
            <p class="answer">\(pending.count.grouped) pending, \(dead.count.grouped) failed for good.</p>
            <p class="quiet">\(refresh)</p>
            \(form)
            \(show == .all || show == .failed ? failed(dead) : "")
            \(show == .all || show == .pending ? waiting(pending) : "")
            \(show == .all || show == .happened ? past(happened) : "")
            """
    }

    private func matches(_ subject: String?, _ id: String) -> Bool {
        let needle = search.lowercased()
        return needle.isEmpty || (subject ?? "").lowercased().contains(needle)
            || id.lowercased().contains(needle)
    }

    private var sent: HTML {
        guard let sentCount else { return "" }
        let words = sentCount == 1 ? "1 dead letter was" : "\(sentCount) dead letters were"
        return "<p class=\"good\">\(words) sent again.</p>"
    }

    private var form: HTML {
        let options = Show.allCases.map { choice -> HTML in
            let chosen: HTML = choice == show ? " selected" : ""
            let name = choice == .failed ? "failed for good" : choice.rawValue
            return "<option value=\"\(choice.rawValue)\"\(chosen)>\(name)</option>"
        }
        return """
            <form class="filter" method="get" action="/events">\
            <label>About<input type="search" name="q" value="\(search)" \
            placeholder="organization or day"></label>\
            <label>Show<select name="show">\(HTML.list(options))</select></label>\
            <button>Show</button></form>
            """
    }

    private func failed(_ dead: [QueuedEvent]) -> HTML {
        guard !dead.isEmpty else { return "<h2>Failed for good</h2>\n<p>No dead letters.</p>" }
        return """
            <h2>Failed for good</h2>
            <p>Ticks do not repeat these. When the reason is gone, send them again:</p>
            \(forms.isActive
                ? forms.button("Send all again", .redrive(nil))
                : "<pre>copilot-local dead-letters redrive</pre>")
            \(Self.table(of: dead, forms: forms))
            """
    }

    private func waiting(_ pending: [QueuedEvent]) -> HTML {
        """
        <h2>Pending</h2>
        \(pending.isEmpty ? "<p>No pending events.</p>" : Self.table(of: pending, forms: forms))
        """
    }

    private func past(_ happened: [JournalEntry]) -> HTML {
        """
        <h2>What happened</h2>
        \(Self.table(of: happened, none: "Nothing yet."))
        """
    }

    /// Events on the bus as a table.
    static func table(of events: [QueuedEvent], forms: ActionForms) -> HTML {
        let rows = events.prefix(rowCountMax).map { event -> HTML in
            """
            <tr><th scope="row"><a href="\(address(event.event.id))">\
            \(event.event.subject ?? event.event.id)</a></th>\
            <td>\(event.event.type.function.rawValue)</td>\
            <td class="number" data-name="attempts">\(event.attempts)</td>\
            <td data-name="due">\(event.due?.words ?? "never")</td>\
            <td>\(event.reason ?? "")\
            \(event.due == nil ? forms.button("Send again", .redrive(event.event.id)) : "")</td></tr>
            """
        }
        return """
            <table class="cards"><thead><tr><th scope="col">About</th><th scope="col">Function</th>\
            <th scope="col" class="number">Attempts</th><th scope="col">Due</th>\
            <th scope="col">Last reason</th></tr></thead><tbody>
            \(rows)
            </tbody></table>
            \(more(events.count))
            """
    }

    /// Attempts as a table, the newest first.
    static func table(of attempts: [JournalEntry], none: HTML) -> HTML {
        guard !attempts.isEmpty else { return "<p>\(none)</p>" }
        let rows = attempts.reversed().prefix(rowCountMax).map { entry -> HTML in
            """
            <tr><th scope="row" class="when">\
            <a href="\(address(entry.event))">\(entry.time.words)</a></th><td>\(subject(entry))</td>\
            <td>\(entry.function.rawValue)</td>\
            <td class="number" data-name="attempt">\(entry.attempt)</td>\
            <td class="number" data-name="took">\(entry.durationMilliseconds) ms</td>\
            <td>\(outcome(entry))</td></tr>
            """
        }
        return """
            <table class="cards"><thead><tr><th scope="col">Time</th><th scope="col">About</th>\
            <th scope="col">Function</th><th scope="col" class="number">Attempt</th>\
            <th scope="col" class="number">Took</th><th scope="col">Outcome</th></tr></thead><tbody>
            \(rows)
            </tbody></table>
            \(more(attempts.count))
            """
    }

    /// The page of an event.
    static func address(_ id: String) -> String { "/events?\(Form([("event", id)]).encoded)" }

    private static func more(_ count: Int) -> HTML {
        count > rowCountMax
            ? "<p class=\"quiet\">and \((count - rowCountMax).grouped) more</p>" : ""
    }

    /// A day's subject leads to the day.
    private static func subject(_ entry: JournalEntry) -> HTML {
        if entry.function == .onDailyTick, let time = entry.subject.flatMap({ Timestamp($0) }) {
            return "tick of \(time.words)"
        }
        let parts = (entry.subject ?? "").split(separator: "/").map(String.init)
        guard parts.count == 2, let login = OrganizationLogin(parts[0]), let day = Day(parts[1])
        else { return "\(entry.subject ?? entry.event)" }
        return "<a href=\"/organizations/\(login)/days/\(day)\">\(login), \(day)</a>"
    }

    private static func outcome(_ entry: JournalEntry) -> HTML {
        let failure = entry.failure.map { ": \($0.message)" } ?? ""
        switch entry.verdict {
        case .retry:
            let when = entry.retryAt.map { " at \($0.words)" } ?? ""
            return "<span class=\"open\">retry\(when)</span>\(failure)"
        case .dead: return "<span class=\"bad\">failed for good</span>\(failure)"
        case .done:
            if let manifest = entry.manifest {
                let summary = DaySummary(manifest)
                return "<span class=\"\(summary.state.rawValue)\">\(summary.words)</span>"
            }
            return entry.tick.map { "\($0.followUpText)" } ?? "done"
        }
    }
}
