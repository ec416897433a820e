import Domain
import Ports
import SampleIndex
import Toolbox

extension ConsoleSite {
    /// The most days of one document.
    private static let dayCountMax = 400

    /// Answers a request for JSON.
    func document(
        _ name: String, _ request: ConsoleRequest
    ) async throws(Failure) -> ConsoleResponse? {
        guard let document = APIDocument(rawValue: name) else {
            return ConsoleAPI.refusal(404, "notFound", "There is no document /api/\(name).")
        }
        switch document {
        case .organizations:
            let scene = try await scene(Self.dayCountMax)
            // The newest day alone is shown, so only that one is read.
            let newest = scene.organizations.map { item in
                var item = item
                item.days = item.days.suffix(1)
                return item
            }
            let organizations = try await index.readWaiting(newest)
            return ConsoleAPI.response(
                ConsoleAPI.Organizations(
                    organizations: organizations.map(ConsoleAPI.Organization.init)))
        case .days: return try await days(request)
        case .events:
            return ConsoleAPI.response(
                ConsoleAPI.EventList(
                    queued: try await sources.bus.queued(), attempts: sources.journal()))
        case .series: return try await series(request)
        case .people: return try await people(request)
        case .checks: return await checksDocument()
        case .openAPI: return ConsoleAPI.response(APIDescription.document)
        }
    }

    private func days(_ request: ConsoleRequest) async throws(Failure) -> ConsoleResponse {
        let scene = try await scene(Self.dayCountMax, of: request.query["organization"])
        guard let range = range(request, scene.newest) else { return Self.wrongDays }
        var organizations = scene.organizations
        if let name = request.query["organization"] {
            guard let item = scene.organization(name) else { return Self.unknownOrganization(name) }
            organizations = [item]
        }
        var manifests: [Manifest] = []
        for item in organizations {
            for day in item.days where range.contains(day.day) {
                guard let manifest = try await index.manifest(item, day.day) else { continue }
                manifests.append(manifest)
            }
        }
        return ConsoleAPI.response(ConsoleAPI.Days(manifests: manifests))
    }

    private func series(_ request: ConsoleRequest) async throws(Failure) -> ConsoleResponse {
        guard let name = request.query["metric"], let login = request.query["organization"] else {
            return Self.wrong("metric and organization must be given.")
        }
        guard let metric = Catalogue.byName[name]?.metric else {
            return ConsoleAPI.refusal(404, "notFound", "The catalogue has no metric named \(name).")
        }
        guard !metric.isOfUsers else {
            return Self.wrong(
                "\(name) has a series per user. /api/people has sums; ask the backend for series.")
        }
        let scene = try await scene(Self.dayCountMax, of: login)
        guard let item = scene.organization(login) else { return Self.unknownOrganization(login) }
        guard let range = range(request, scene.newest) else { return Self.wrongDays }
        let label = request.query["by"]
        if let label {
            guard metric.labels.contains(where: { "\($0)" == label }) else {
                return Self.wrong("\(name) has no label \(label).")
            }
            guard metric.isAdditive || metric.labels.count == 1 else {
                return Self.wrong("The series of \(name) cannot be added up. Leave out `by`.")
            }
        }
        guard let source = sources.series else {
            return Self.noSamples
        }
        let answer = try await source.read(
            SeriesQuery(item.organization, range, metrics: [name]))
        return ConsoleAPI.response(
            ConsoleAPI.SeriesDocument(metric, answer, by: label.map { [$0] }))
    }

    private func people(_ request: ConsoleRequest) async throws(Failure) -> ConsoleResponse {
        guard let login = request.query["organization"] else {
            return Self.wrong("organization must be given.")
        }
        guard sources.identity != .none else {
            return ConsoleAPI.refusal(404, "notFound", PeopleSection.withoutIdentity)
        }
        let scene = try await scene(Self.dayCountMax, of: login)
        guard let item = scene.organization(login) else { return Self.unknownOrganization(login) }
        guard let range = range(request, scene.newest) else { return Self.wrongDays }
        guard let source = sources.people else { return Self.noSamples }
        let answer = try await shownPeople(of: item.organization, range, source)
        let people = PeopleColumn.person.sorted(answer.people)
        return ConsoleAPI.response(
            ConsoleAPI.People(
                people: people.map(ConsoleAPI.PersonDocument.init), problems: answer.problems))
    }

    private static let noSamples = ConsoleAPI.refusal(
        503, "misconfigured",
        "There is nowhere to read samples. Set QUERY_URL, or add file:DIR to METRICS_SINK.")

    /// The days of `from` and `to`, by default the newest 30; nil if they make no sense.
    private func range(_ request: ConsoleRequest, _ newest: Day) -> ClosedRange<Day>? {
        let from = request.query["from"].map(Day.init)
        let to = request.query["to"].map(Day.init)
        guard from != .some(nil), to != .some(nil) else { return nil }
        let last = to.flatMap(\.self) ?? newest
        let first = from.flatMap(\.self) ?? last.advanced(by: -29)
        guard first <= last, first.distance(to: last) < Self.dayCountMax else { return nil }
        return first...last
    }

    private static func wrong(_ message: String) -> ConsoleResponse {
        ConsoleAPI.refusal(400, "malformedEvent", message)
    }

    private static let wrongDays = wrong(
        "from and to must be days such as 2026-04-18, in this order, at most \(dayCountMax) days.")

    private static func unknownOrganization(_ name: String) -> ConsoleResponse {
        ConsoleAPI.refusal(
            404, "notFound", "No integration reaches an organization named \(name).")
    }
}
