import Charts
import Domain
import HTML
import Ports
import SampleIndex
import Toolbox
import Worker

extension ConsoleSite {
    /// What every page needs: who is connected, the organizations, and the newest day.
    struct Scene {
        var now: Timestamp
        var integrations: [Integration]
        var organizations: [OrganizationDays]
        var newest: Day

        func organization(_ name: String) -> OrganizationDays? {
            organizations.first {
                $0.organization.description.lowercased() == name.lowercased()
            }
        }
    }

    /// What the pages show.
    ///
    /// - Parameters:
    ///   - count: How many days, up to the newest.
    ///   - name: The only organization that the page is about, so that no other is read; nil for all.
    func scene(_ count: Int, of name: String? = nil) async throws(Failure) -> Scene {
        let now = sources.clock.now()
        let yesterday = Day(containing: now).advanced(by: -1)
        let integrations = try await integrations()
        let expected = expectedDay(now)
        let first = (sources.through ?? yesterday).advanced(by: 1 - count)
        let places = try await index.places(
            of: integrations, since: sources.nextTick(now) != nil ? first : Day(number: 0),
            only: expected == nil ? nil : name)
        let collected = places.compactMap(\.newest).max()
        let newest = expected ?? collected ?? yesterday
        let organizations = try await index.organizations(
            at: places, in: newest.advanced(by: 1 - count)...max(newest, collected ?? newest))
        return Scene(
            now: now, integrations: integrations, organizations: organizations, newest: newest)
    }

    /// The newest day that is to be collected by now.
    ///
    /// - Returns: nil without a schedule: then the newest day may be long ago, such as that of a demo.
    func expectedDay(_ now: Timestamp) -> Day? {
        sources.through
            ?? (sources.nextTick(now) == nil ? nil : Day(containing: now).advanced(by: -1))
    }

    func integrations() async throws(Failure) -> [Integration] {
        var found: [Integration] = []
        for key in try await sources.store.allKeys(prefix: StoreKey.integrationPrefix) {
            do throws(Failure) {
                guard let entry = try await sources.store.entry(for: key) else { continue }
                found.append(try Stored.decode(Integration.self, from: entry.value, at: key))
            } catch  where error.concernsEntry {
                // It is among the problems, and hides no other.
            }
        }
        return found.filter { $0.removedAt == nil }
    }

    // MARK: Overview

    /// How many organizations' samples are read at once: a backend may be far away.
    private static let readCountMax = 8

    func overview(_ request: ConsoleRequest) async throws(Failure) -> ConsoleResponse {
        let filter = OverviewFilter(request)
        try await index.refresh()
        let scene = try await scene(filter.days.rawValue)
        let days = scene.newest.advanced(by: 1 - filter.days.rawValue)...scene.newest
        let matching = filter.apply(to: scene.organizations)
        let last = max(0, (matching.count - 1) / OverviewFilter.pageCount)
        let start = min(filter.page - 1, last) * OverviewFilter.pageCount
        var unreadable: [String] = []
        var rows: [OrganizationRow] = []
        let shown = try await index.readWaiting(
            Array(matching.dropFirst(start).prefix(OverviewFilter.pageCount)))
        let isLinked = shown.count * days.count <= OverviewFilter.linkedDayCountMax
        let series = sources.series
        let answers = try await shown.concurrentMap(atMost: Self.readCountMax) {
            item throws(Failure) in
            try await series?.read(
                SeriesQuery(item.organization, days, metrics: OrganizationRow.metrics))
        }
        for (item, answer) in zip(shown, answers) {
            unreadable += answer?.problems ?? []
            rows.append(
                OrganizationRow(
                    organization: item, days: days, isLinked: isLinked, answer: answer))
        }
        let page = OverviewPage(
            content: OverviewPage.Content(
                now: scene.now, nextTick: sources.nextTick(scene.now),
                organizations: scene.organizations, integrations: scene.integrations,
                problems: try await problems(scene) + Self.problems(unreadable), filter: filter,
                newest: scene.newest, rows: rows, matchCount: matching.count,
                hasSamples: sources.series != nil, refresh: ConsoleFrame.refresh(request),
                forms: request.forms))
        return ConsoleFrame.page(
            "copilot-usage", at: "/", refreshSeconds: request.refreshSeconds, page.html)
    }

    /// Everything that needs a person, or that they should know of, the most urgent first.
    private func problems(_ scene: Scene) async throws(Failure) -> [ConsoleProblem] {
        var problems: [ConsoleProblem] = []
        let hasSchedule = sources.nextTick(scene.now) != nil
        if scene.integrations.isEmpty, hasSchedule, await !sources.hasApp() {
            problems.append(
                ConsoleProblem(
                    "Set up GitHub", "There is no GitHub App yet, and making one takes two clicks.",
                    links: [ConsoleProblem.Link("Set up GitHub", "/setup")], isMild: true))
        } else if scene.integrations.isEmpty {
            problems.append(
                ConsoleProblem(
                    "Connect GitHub", "You must be an owner of the organizations.",
                    links: hasSchedule
                        ? [ConsoleProblem.Link("Connect to GitHub", "/authorize")] : [],
                    command: hasSchedule ? nil : "copilot-local run", isMild: true))
        }
        problems += ConsoleProblem.problems(await sources.problems())
        problems += ConsoleProblem.problems(of: scene.organizations, server: sources.gitHub)
        if let missing = ConsoleProblem.missing(scene.organizations, through: scene.newest) {
            problems.append(missing)
        }
        if let old = ConsoleProblem.givenUp(scene.organizations, through: scene.newest) {
            problems.append(old)
        }
        let age = Day(containing: scene.now).number - scene.newest.number
        if !hasSchedule, age > 3, !scene.organizations.isEmpty {
            problems.append(
                ConsoleProblem(
                    "The newest day is \(scene.newest)",
                    "That is \(age) days ago. Nothing is collected while no program runs the tick.",
                    command: "copilot-local run", isMild: true))
        }
        return problems
    }

    private static func problems(_ unreadable: [String]) -> [ConsoleProblem] {
        guard let first = unreadable.first else { return [] }
        let count = Set(unreadable).count
        return [
            ConsoleProblem(
                "Samples cannot be read", first + (count > 1 ? " And \(count - 1) more." : ""))
        ]
    }

    // MARK: Organization

    func organization(
        _ name: String, _ request: ConsoleRequest
    ) async throws(Failure) -> ConsoleResponse? {
        let days = ShownDays(request)
        let scene = try await scene(days.rawValue, of: name)
        guard let found = scene.organization(name) else { return Self.unknown(name) }
        let item = try await index.read(found)
        let answer = try await sources.series?.read(
            SeriesQuery(
                item.organization, Self.days(scene, days), metrics: ChartSpec.allMetrics))
        let (people, unreadable) = try await people(of: item, Self.days(scene, days))
        let page = OrganizationPage(
            organization: item,
            problems: ConsoleProblem.problems(await sources.problems(), of: item.organization)
                + ConsoleProblem.problems(of: [item], server: sources.gitHub)
                + Self.problems((answer?.problems ?? []) + unreadable),
            days: days, answer: answer,
            people: PeopleSection(
                organization: item.organization, filter: PeopleFilter(request), content: people),
            forms: request.forms)
        return ConsoleFrame.page("\(item.organization)", at: "", page.html)
    }

    /// The people of an organization, and what could not be read.
    ///
    /// Without identities nothing is read, whatever older samples say.
    private func people(
        of item: OrganizationDays, _ days: ClosedRange<Day>
    ) async throws(Failure) -> (PeopleSection.Content, problems: [String]) {
        guard sources.identity != .none else { return (.none(PeopleSection.withoutIdentity), []) }
        guard let source = sources.people else { return (.none(PeopleSection.withoutSource), []) }
        let answer = try await shownPeople(of: item.organization, days, source)
        return (.found(answer.people, item.days), answer.problems)
    }

    /// The people whom the setting allows to be shown: samples of earlier days may say more.
    func shownPeople(
        of organization: OrganizationLogin, _ days: ClosedRange<Day>, _ source: any PeopleSource
    ) async throws(Failure) -> PeopleAnswer {
        var answer = try await source.people(of: organization, days)
        switch sources.identity {
        case .full, .login: break
        case .pseudonym: answer.people.removeAll { !$0.isPseudonymous }
        case .none: answer.people = []
        }
        return answer
    }

    /// Everyone in the table of people who matches, as CSV.
    func peopleTable(
        _ name: String, _ request: ConsoleRequest
    ) async throws(Failure) -> ConsoleResponse {
        let days = ShownDays(request)
        let scene = try await scene(days.rawValue, of: name)
        guard let item = scene.organization(name) else { return Self.unknown(name) }
        let (content, problems) = try await people(of: item, Self.days(scene, days))
        switch content {
        case .none(let sentence):
            return ConsoleFrame.refusal(
                404, "No numbers of people", problems.first ?? sentence)
        case .people(let people):
            return CSV.response(
                PeopleSection.csv(PeopleFilter(request).apply(to: people)),
                named: "\(item.organization)-people")
        }
    }

    func chart(
        _ name: String, _ file: String, _ request: ConsoleRequest
    ) async throws(Failure) -> ConsoleResponse? {
        let isCSV = file.hasSuffix(".csv")
        let slug = isCSV ? String(file.dropLast(4)) : file
        guard let spec = ChartSpec.all.first(where: { $0.slug == slug }) else { return nil }
        let days = ShownDays(request)
        let scene = try await scene(days.rawValue, of: name)
        guard let item = scene.organization(name) else { return Self.unknown(name) }
        guard let source = sources.series else {
            return ConsoleFrame.page(spec.question, at: "", NoSamples.html)
        }
        let answer = try await source.read(
            SeriesQuery(
                item.organization, Self.days(scene, days), metrics: Set(spec.metrics)))
        let panel = ChartPanel(spec, item.organization, days, answer)
        guard isCSV else {
            return ConsoleFrame.page(
                "\(spec.question) \(item.organization)", at: "",
                "\(ProblemsSection.html(Self.problems(answer.problems), request.forms))\(panel.page)"
            )
        }
        return CSV.response(panel.csv, named: "\(item.organization)-\(spec.slug)")
    }

    private static func days(_ scene: Scene, _ days: ShownDays) -> ClosedRange<Day> {
        scene.newest.advanced(by: 1 - days.rawValue)...scene.newest
    }

    private static func unknown(_ name: String) -> ConsoleResponse {
        ConsoleFrame.refusal(
            404, "Unknown organization", "No integration reaches an organization named \(name).")
    }

    // MARK: Day

    func day(
        _ name: String, _ text: String, _ request: ConsoleRequest
    ) async throws(Failure) -> ConsoleResponse? {
        guard let day = Day(text) else {
            return ConsoleFrame.refusal(404, "No such day", "A day looks like 2026-04-18.")
        }
        guard let item = try await scene(1, of: name).organization(name) else {
            return Self.unknown(name)
        }
        let subject = "\(item.organization)/\(day)"
        let page = DayPage(
            organization: item.organization, day: day,
            manifest: try await index.manifest(item, day),
            attempts: sources.journal().filter { $0.subject == subject },
            queued: try await sources.bus.queued().filter { $0.event.subject == subject },
            forms: request.forms)
        return ConsoleFrame.page("\(item.organization), \(day)", at: "", page.html)
    }

    // MARK: Metric

    func metric(_ name: String, _ request: ConsoleRequest) async throws(Failure) -> ConsoleResponse?
    {
        guard let metric = Catalogue.byName[name]?.metric else {
            return ConsoleFrame.refusal(
                404, "Unknown metric",
                "The catalogue has no metric named \(name). The page of any metric lists all.")
        }
        let days = ShownDays(request)
        let scene = try await scene(days.rawValue)
        let logins = scene.organizations.map(\.organization)
        let chosen = request.query["organization"].flatMap(scene.organization)?.organization
        let organization = chosen ?? logins.first
        var answer: SeriesAnswer?
        if let organization, !metric.isOfUsers, let source = sources.series {
            answer = try await source.read(
                SeriesQuery(organization, Self.days(scene, days), metrics: [name]))
        }
        let by = request.query["by"].flatMap { label in
            metric.labels.contains { "\($0)" == label } && metric.isAdditive ? label : nil
        }
        let page = MetricPage(
            metric: metric, organizations: logins, organization: organization, label: by,
            days: days,
            answer: answer
                ?? (sources.series == nil
                    ? nil
                    : SeriesAnswer(
                        days: Self.days(scene, days))))
        return ConsoleFrame.page(
            name, at: "/metrics/github_copilot_org_daily_active_users", page.html)
    }

    // MARK: Events

    func events(_ request: ConsoleRequest) async throws(Failure) -> ConsoleResponse? {
        if let id = request.query["event"] { return try await event(id, request) }
        let page = EventsPage(
            queued: try await sources.bus.queued(), attempts: sources.journal(),
            search: String((request.query["q"] ?? "").prefix(100)),
            show: request.query["show"].flatMap(EventsPage.Show.init) ?? .all,
            refresh: ConsoleFrame.refresh(request),
            sentCount: request.query["sent"].flatMap(Int.init), forms: request.forms)
        return ConsoleFrame.page(
            "Events", at: "/events", refreshSeconds: request.refreshSeconds, page.html)
    }
}
