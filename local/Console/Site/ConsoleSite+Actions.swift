public import Domain
import HTML
import Ports
import Toolbox

/// The pages around what a person may change.
extension ConsoleSite {
    /// Which days to collect.
    func collect(_ request: ConsoleRequest) async throws(Failure) -> ConsoleResponse {
        let newest =
            if let expected = expectedDay(sources.clock.now()) { expected } else {
                try await scene(1).newest
            }
        var days = newest.advanced(by: -29)...newest
        var problem: String?
        if request.query["from"] != nil || request.query["to"] != nil {
            do throws(Failure) {
                days = try ConsoleAction.days(Form(request.query.map { ($0.key, $0.value) }))
                if days.upperBound > newest {
                    problem = "The last day can be \(newest) at the latest."
                }
            } catch {
                problem = error.message
            }
        }
        let name = String((request.query["organization"] ?? "").prefix(100))
        let places = try await index.places(of: try await integrations(), since: days.lowerBound)
        let organizations = try await index.organizations(at: places, in: days)
        let isKnown = organizations.contains {
            $0.organization.description.lowercased() == name.lowercased()
        }
        if !name.isEmpty, !isKnown {
            problem = problem ?? "No integration reaches an organization named \(name)."
        }
        let page = CollectPage(
            organizations: organizations, organization: name, days: days,
            wanted: request.query["what"].flatMap(CollectPage.Wanted.init) ?? .missing,
            problem: problem, forms: request.forms)
        return ConsoleFrame.page("Collect days", at: "", page.html)
    }

    /// An integration, also one that was removed.
    func integration(
        _ name: String, _ request: ConsoleRequest
    ) async throws(Failure) -> ConsoleResponse {
        guard let id = IntegrationID(name),
            let entry = try await sources.store.entry(for: .integration(id))
        else {
            return ConsoleFrame.refusal(
                404, "Unknown integration", "No integration has the id \(name).")
        }
        let integration = try Stored.decode(
            Integration.self, from: entry.value, at: .integration(id))
        let page = IntegrationPage(integration: integration, forms: request.forms)
        return ConsoleFrame.page("\(integration.name)", at: "", page.html)
    }

    /// One event.
    func event(_ id: String, _ request: ConsoleRequest) async throws(Failure) -> ConsoleResponse {
        guard
            let page = EventPage(
                id, try await sources.bus.queued(), sources.journal(),
                refresh: ConsoleFrame.refresh(request), forms: request.forms)
        else {
            // An event leaves the bus a moment before it is in the journal.
            return ConsoleFrame.refusal(
                404, "Unknown event", "Neither the bus nor the journal has an event with this id.",
                refreshSeconds: request.refreshSeconds)
        }
        return ConsoleFrame.page(
            "Event", at: "/events", refreshSeconds: page.isEnded ? nil : request.refreshSeconds,
            page.html)
    }

    /// The address that shows an event until all it led to has ended.
    public static func address(ofEvent id: String) -> String {
        "/events?\(Form([("event", id), ("refresh", "seconds")]).encoded)"
    }

    /// The address of the events, after dead letters were sent again.
    public static func address(afterSending count: Int) -> String { "/events?sent=\(count)" }

    /// The address of an integration.
    public static func address(of integration: IntegrationID) -> String {
        "/integrations/\(integration)"
    }

    /// The page of an action that was not carried out.
    public static func refusal(of failure: Failure) -> ConsoleResponse {
        let status =
            switch failure.code {
            case .malformedEvent, .misconfigured: 400
            case .notFound: 404
            case .conflict: 409
            case .limitExceeded: 413
            default: 503
            }
        return ConsoleFrame.refusal(status, "Nothing was changed", failure.message)
    }
}
