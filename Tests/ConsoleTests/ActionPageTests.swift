import Console
import Domain
import FunctionInterface
import InMemory
import Ports
import TestSupport
import Testing
import Toolbox
import Worker

@Suite("The pages of a program that acts")
struct ActionPageTests {
    private static let session = ConsoleRequest.Session(field: "session", token: "planted")

    private func page(
        _ site: ConsoleSite, _ path: String, _ query: [String: String] = [:],
        session: ConsoleRequest.Session? = Self.session
    ) async throws -> String {
        let request = ConsoleRequest(path, query: query, session: session)
        let answer = try #require(await site.answer(request), "\(path)")
        #expect(answer.status == 200, "\(path)")
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// The actions of all forms on a page, each read back from its own fields.
    private func actions(_ page: String) throws -> [ConsoleAction] {
        try page.matches(of: /<form class="act" method="post" action="([^"]+)">(.*?)<\/form>/).map {
            form in
            let fields = form.2.matches(of: /name="([^"]+)" value="([^"]*)"/).map {
                (String($0.1), String($0.2).replacing("&amp;", with: "&"))
            }
            #expect(fields.contains { $0 == ("session", "planted") })
            return try ConsoleAction(String(form.1), Form(fields))
        }
    }

    private func office(_ folder: String) async throws -> Office {
        let office = Office(folder)
        try await office.connect(["acme", "globex"])
        for name in [("acme", 1), ("globex", 2)] {
            try await office.collect(name.0, Int64(name.1), Office.newest.advanced(by: -2))
            try await office.collect(name.0, Int64(name.1), Office.newest, isFinal: false)
        }
        return office
    }

    private func dead(_ office: Office, _ id: String) async throws {
        try await office.bus.publish([
            CloudEvent(
                id: id, type: .collect, subject: "acme/2026-04-18", time: Office.now,
                data: .object([:]))
        ])
        let delivery = try #require(
            try await office.bus.receive(1, lease: .seconds(60)).first { $0.event.id == id })
        try await office.bus.settle(delivery, as: .dead(reason: "unreadableState: damaged"))
    }

    @Test("offer what helps, where the problem is named")
    func buttons() async throws {
        try await withTemporaryFolder { folder in
            let office = try await office(folder)
            try await dead(office, "collect/a&b")
            let site = office.site()
            let (acme, globex) = (try Office.login("acme"), try Office.login("globex"))
            let missing = Office.newest.advanced(by: -1)
            let overview = try actions(try await page(site, "/"))
            #expect(overview.contains(.tick) && overview.contains(.redrive(nil)))
            #expect(overview.contains(.collect([acme, globex], missing...missing)))
            #expect(
                try actions(try await page(site, "/events"))
                    == [.redrive(nil), .redrive("collect/a&b")])
            #expect(
                try actions(try await page(site, "/events", ["event": "collect/a&b"]))
                    == [.redrive("collect/a&b")])
            #expect(
                try actions(try await page(site, "/organizations/acme/days/\(missing)"))
                    == [.collect([acme], missing...missing)])
            let id = try #require(IntegrationID("1001-demo"))
            #expect(try actions(try await page(site, "/integrations/1001-demo")) == [.remove(id)])
        }
    }

    @Test(
        "count what would be collected",
        arguments: [
            // Two days were read, and one of them is not final.
            (["what": "missing"], "56 days of 2 organizations", 29),
            (["what": "open"], "58 days of 2 organizations", 30),
            (["what": "open", "organization": "ACME"], "29 days of 1 organization.", 30),
            (["what": "again"], "60 days of 2 organizations", 30),
            (["from": "2026-04-18", "to": "2026-04-18"], "Nothing to collect", 0),
            (["from": "2026-04-17", "to": "2026-04-18"], "2 days of 2 organizations", 1),
            (["from": "2026-04-19", "to": "2026-04-19"], "can be 2026-04-18 at the latest", 0),
            (["from": "2026-04-18"], "look like 2026-04-18", 0),
            (["organization": "nobody"], "No integration reaches", 0),
        ] as [([String: String], String, Int)])
    func count(query: [String: String], words: String, dayCount: Int) async throws {
        try await withTemporaryFolder { folder in
            let page = try await page(try await office(folder).site(), "/collect", query)
            #expect(page.contains(words), "\(page)")
            let days = try actions(page).compactMap { action -> ClosedRange<Day>? in
                guard case .collect(_, let days, let again) = action else { return nil }
                #expect(again == (query["what"] == "again"))
                return days
            }
            #expect(
                days.map { $0.lowerBound.distance(to: $0.upperBound) + 1 }
                    == (dayCount == 0 ? [] : [dayCount]))
        }
    }

    @Test("have commands in place of forms where nothing can be changed")
    func reading() async throws {
        try await withTemporaryFolder { folder in
            let office = try await office(folder)
            try await dead(office, "collect/a")
            let site = office.site()
            for (path, command) in [
                ("/", "copilot-local dead-letters redrive"), ("/", "copilot-local tick --from"),
                ("/events", "copilot-local dead-letters redrive"),
                ("/collect", "copilot-local tick --from"),
                ("/integrations/1001-demo", "copilot-local integrations remove 1001-demo"),
            ] {
                let page = try await page(site, path, session: nil)
                #expect(page.contains("<pre>\(command)"), "\(path)")
                #expect(!page.contains("method=\"post\""), "\(path)")
            }
        }
    }

    @Test("show how an event stands, and what a tick led to")
    func event() async throws {
        try await withTemporaryFolder { folder in
            let office = try await office(folder)
            let tick = "tick/2026-04-19T07:00:00Z"
            let led = "collect/1001-demo/1/2026-04-18/2026-04-19"
            func entry(_ id: String, _ function: FunctionName) -> JournalEntry {
                JournalEntry(
                    time: Office.now, function: function, event: id,
                    subject: function == .onDailyTick ? "2026-04-19T07:00:00Z" : "acme/2026-04-18",
                    verdict: .done)
            }
            try await office.bus.publish([
                CloudEvent(
                    id: led, type: .collect, subject: "acme/2026-04-18", time: Office.now,
                    data: .object([:]))
            ])
            let refreshed = ["event": tick, "refresh": "seconds"]
            let waiting = try await page(
                office.site(journal: [entry(tick, .onDailyTick)]), "/events", refreshed)
            #expect(waiting.contains("1 of 1 events are still to come."))
            #expect(waiting.contains(#"http-equiv="refresh" content="5""#))
            let delivery = try await office.bus.receive(1, lease: .seconds(60))
            try await office.bus.settle(try #require(delivery.first), as: .done)
            let done = try await page(
                office.site(journal: [entry(tick, .onDailyTick), entry(led, .onCollectOrg)]),
                "/events", refreshed)
            #expect(done.contains("Done, with all it led to."))
            // Nothing is to be expected any more.
            #expect(!done.contains("http-equiv"))
            let unknown = try await office.site().page("/events", ["event": tick], status: 404)
            #expect(unknown.contains("Unknown event"))
        }
    }

    @Test("show the ticks that a tick was split into, and of each what it led to")
    func split() async throws {
        try await withTemporaryFolder { folder in
            let office = try await office(folder)
            let ids = ["1001-demo", "1002-demo"]
            let parts = try ids.map { id in
                CloudEvent.tick(at: Office.now, integrations: [try #require(IntegrationID(id))])
            }
            let whole = CloudEvent.tick(at: Office.now)
            let day = Day(containing: Office.now)
            let collections = ids.map { "collect/\($0)/1/2026-04-18/\(day)" }
            func entry(_ id: String, _ summary: TickSummary?) -> JournalEntry {
                JournalEntry(
                    time: Office.now, function: summary == nil ? .onCollectOrg : .onDailyTick,
                    event: id, subject: summary == nil ? "acme/2026-04-18" : "\(Office.now)",
                    verdict: .done, result: summary.map { .tick($0) })
            }
            try await office.bus.publish(parts)
            let split = entry(whole.id, TickSummary(time: Office.now, events: 0, ticks: 2))
            let waiting = try await page(
                office.site(journal: [split]), "/events", ["event": whole.id])
            #expect(waiting.contains("2 of 2 events are still to come."))
            #expect(waiting.contains("split into 2 ticks"))
            let part = entry(
                parts[0].id, TickSummary(time: Office.now, integrations: [ids[0]], events: 1))
            let journal = [split, part] + collections.map { entry($0, nil) }
            let one = try await page(
                office.site(journal: journal), "/events", ["event": parts[0].id])
            #expect(one.ranges(of: "acme, 2026-04-18").count == 1)
        }
    }
}
