import Charts
import Domain
import HTML
import Ports
import Toolbox
import Worker

/// One day of one organization: its manifest in words.
struct DayPage {
    let organization: OrganizationLogin
    let day: Day
    /// The manifest; nil if the day was never read.
    let manifest: Manifest?
    /// Attempts at the day, oldest first.
    let attempts: [JournalEntry]
    /// Events for the day that wait or failed.
    let queued: [QueuedEvent]
    let forms: ActionForms

    var html: HTML {
        """
        <p><a href="/organizations/\(organization)">\(organization)</a></p>
        <h1>\(organization), <span class="when">\(day)</span></h1>
        \(state)
        \(sources)
        <h2>What happens next</h2>
        \(next)
        <h2>Attempts</h2>
        \(EventsPage.table(of: attempts, none: "The journal has no attempt at this day."))
        <nav class="pages" aria-label="Neighbouring days">\(link(-1, "Earlier day"))\
        \(link(1, "Later day"))</nav>
        """
    }

    private func link(_ step: Int, _ name: String) -> HTML {
        "<a href=\"/organizations/\(organization)/days/\(day.advanced(by: step))\">\(name)</a>"
    }

    private var state: HTML {
        guard let manifest else {
            return """
                <p class="answer">This day was never read.</p>
                <p>Collect it:</p>
                \(collect)
                """
        }
        let summary = DaySummary(manifest)
        let reason: HTML = manifest.reason.map { "<p class=\"bad\">\($0)</p>" } ?? ""
        return """
            <p class="answer"><span class="\(summary.state.rawValue)">\(summary.words.sentence)</span> \
            \(manifest.samples) samples. Last read at \(manifest.readAt.words).</p>\(reason)
            """
    }

    private var collect: HTML {
        forms.isActive
            ? forms.button("Collect this day", .collect([organization], day...day))
            : """
            <pre>copilot-local tick --organization \(organization) --from \(day) --to \(day)</pre>
            """
    }

    private var sources: HTML {
        guard let manifest else { return "" }
        let rows = Source.allCases.compactMap { source -> HTML? in
            guard let result = manifest.sources[source] else { return nil }
            return """
                <tr><th scope="row">\(source.words)<br><span class="quiet">\(source.rawValue)</span></th>\
                <td><span class="badge \(result.outcome.tone)">\(result.outcome.words)</span></td>\
                <td data-name="records" class="number">\(result.records.map(String.init) ?? "–")</td>\
                <td data-name="samples" class="number">\(result.samples)</td>\
                <td>\(details(result))</td></tr>
                """
        }
        return """
            <table class="cards"><thead><tr><th scope="col">Source</th><th scope="col">Outcome</th>\
            <th scope="col" class="number">Records</th><th scope="col" class="number">Samples</th>\
            <th scope="col">Remarks</th></tr></thead><tbody>
            \(rows)
            </tbody></table>
            """
    }

    private func details(_ result: SourceResult) -> HTML {
        var lines: [HTML] = result.reason.map { ["<p>\($0)</p>"] } ?? []
        if let changes = result.changes {
            let about = changes.estimated ? "about " : ""
            lines.append(
                """
                <p>GitHub revised the report: \(about)\(changes.changed) samples changed, \
                \(changes.added) added, \(changes.removed) removed.</p>
                """)
        }
        if let enterprise = result.enterprise {
            lines.append("<p>On the bill of the enterprise \(enterprise).</p>")
        }
        lines += (result.notes ?? []).map { "<p>\($0)</p>" }
        if let shards = result.shards, shards > 1 { lines.append("<p>\(shards) files</p>") }
        return HTML(joined: lines)
    }

    private func redrive(_ id: String) -> HTML {
        forms.isActive
            ? forms.button("Send again", .redrive(id))
            : "<pre>copilot-local dead-letters redrive \(id)</pre>"
    }

    private var next: HTML {
        var lines: [HTML] = []
        if let manifest {
            if manifest.final {
                lines.append("<p>The day is final: ticks do not read it again.</p>")
            } else if let next = manifest.next {
                lines.append("<p>\(next.sentence)</p>")
            } else {
                lines.append("<p>The next tick reads it again.</p>")
            }
            if !manifest.final, forms.isActive { lines.append(collect) }
        }
        for event in queued {
            let reason = event.reason.map { " (\($0))" } ?? ""
            if let due = event.due {
                lines.append(
                    "<p>An event is due at \(due.words), attempt \(event.attempts + 1)\(reason).</p>"
                )
            } else {
                lines.append(
                    """
                    <p class="bad">An event failed permanently after \(event.attempts) attempts\
                    \(reason).</p>\(redrive(event.event.id))
                    """)
            }
        }
        return lines.isEmpty ? "<p>Nothing is scheduled.</p>" : HTML(joined: lines)
    }
}
