import Console
import Domain
import Ports
import Testing

@Suite("The local page")
struct ConsolePageTests {
    let now = Timestamp(seconds: 1_795_000_000)

    @Test("shows how to start when there is no data")
    func empty() {
        let page = ConsolePage.html(ConsoleSnapshot(now: now))
        #expect(page.contains(#"Not connected yet. <a href="authorize">"#))
        #expect(page.contains("Nothing yet. The next daily tick collects the first days."))
        #expect(page.contains("No pending events.") && page.contains("<p>No dead letters.</p>"))
        #expect(page.contains("No daily tick is scheduled."))
    }

    @Test("shows integrations, the sources of each day, pending events and dead letters")
    func full() throws {
        let manifest = try Sample.manifest(
            "acme", "2026-11-21", .noPermission, reason: "approve Members")
        let event = CloudEvent(
            id: "collect/1", type: .collect, subject: "acme/2026-11-20", time: now,
            data: .object([:]))
        let page = ConsolePage.html(
            ConsoleSnapshot(
                now: now, nextTick: now.advanced(by: .seconds(60)),
                integrations: [try Sample.integration(["acme", "zoo"])], manifests: [manifest],
                events: [
                    QueuedEvent(event: event, attempts: 2, due: now, reason: "unavailable: 502"),
                    QueuedEvent(
                        event: event, attempts: 7, due: nil, reason: "malformedReply: html"),
                ], problems: ["the bus cannot be read"]))
        for text in [
            "mona", "<div>acme</div>\n<div>zoo</div>", "<th scope=\"col\">2026-11-21</th>",
            "<td class=\"bad\" title=\"approve Members\">no-permission</td>",
            "<td class=\"good\" title=\"\">written <span class=\"quiet\">61</span></td>",
            "acme, users-1-day, 2026-11-21</span>: approve Members</li>",
            "<td class=\"number\">2</td>", "unavailable: 502", "malformedReply: html",
            "copilot-local dead-letters redrive", "<p class=\"bad\">the bus cannot be read</p>",
            "The next daily tick is at \(now.advanced(by: .seconds(60))).",
        ] {
            #expect(page.contains(text), "no \(text)")
        }
    }

    @Test("shows only the newest days, each once")
    func days() throws {
        let manifests = try (1...20).map { day in
            try Sample.manifest("acme", "2026-11-\(day < 10 ? "0" : "")\(day)")
        }
        let page = ConsolePage.html(ConsoleSnapshot(now: now, manifests: manifests + manifests))
        #expect(page.matches(of: /<th scope="col">2026-11-\d\d<\/th>/).count == 7)
        #expect(page.contains("2026-11-14") && !page.contains("2026-11-13"))
    }

    @Test("escapes text from outside", arguments: ["<script>alert(1)</script>", "\"'&<>"])
    func escapes(text: String) throws {
        var integration = try Sample.integration(["acme"])
        integration.name = text
        integration.user.login = text
        let event = CloudEvent(
            id: text, type: .collect, subject: text, time: now, data: .object([:]))
        let page = ConsolePage.html(
            ConsoleSnapshot(
                now: now, integrations: [integration],
                manifests: [try Sample.manifest("acme", "2026-11-21", .failed, reason: text)],
                events: [QueuedEvent(event: event, attempts: 1, due: now, reason: text)],
                problems: [text]))
        #expect(!page.contains(text))
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;"))
    }

    @Test("allows no scripts and no external resources")
    func policy() throws {
        let policy = try #require(ConsolePage.fields["content-security-policy"])
        #expect(policy.hasPrefix("default-src 'none';"))
        #expect(!policy.contains("script-src") && !policy.contains("http"))
    }
}
