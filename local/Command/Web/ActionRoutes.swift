import Console
import Deployment
import Domain
import HTTPHost
import Host
import Logging
import OnDailyTick
import Ports
import Runner
import Toolbox

/// What a person may change from the pages: forms of our own pages, posted to `/actions/…`.
struct ActionRoutes: Sendable {
    let runtime: Runtime
    let pageGuard: PageGuard

    /// Carries out the action of a form, and leads to the page that shows its event.
    func answer(_ request: HTTPServerRequest, _ event: WebEvent) async -> HTTPServerResponse {
        // The body of a request that cannot be ours is not read.
        guard request.method == "POST" else { return HTTPServerResponse(PageGuard.notPosted) }
        do throws(Failure) {
            let form = Form(String(decoding: try await request.body(), as: UTF8.self))
            if let refusal = pageGuard.refusal(of: form, event) {
                runtime.logger.notice(
                    "refused a form that was not sent by a page of this server",
                    metadata: ["path": "\(request.path)"])
                return HTTPServerResponse(refusal)
            }
            let action = try ConsoleAction(request.path, form)
            let place = try await perform(action)
            return HTTPServerResponse(
                status: 303, fields: ["location": place, "cache-control": "no-store"])
        } catch {
            return HTTPServerResponse(ConsoleSite.refusal(of: error))
        }
    }

    /// - Returns: The address of the page that shows what came of it.
    private func perform(_ action: ConsoleAction) async throws(Failure) -> String {
        let now = runtime.adapters.clock.now()
        switch action {
        case .tick: return try await publish(SharedTick(at: now, now: now))
        case .collect(let organizations, let days, let again):
            try DailyTick.Event(time: now, from: days.lowerBound, to: days.upperBound)
                .check(at: now)
            for organization in organizations {
                if let reason = runtime.settings.organizations.reasonToLeaveOut(organization) {
                    throw Failure(.malformedEvent, "\(organization): \(reason).")
                }
            }
            return try await publish(
                SharedTick(
                    at: now, from: days.lowerBound, to: days.upperBound,
                    organizations: organizations, again: again, now: now))
        case .redrive(let id?):
            let dead = try await runtime.bus.queued().filter { $0.due == nil }
            guard dead.contains(where: { $0.event.id == id }) else {
                throw Failure(
                    .notFound,
                    "No dead letter has this id. Perhaps somebody has sent it again already.")
            }
            try await runtime.bus.redrive([id])
            return ConsoleSite.address(ofEvent: id)
        case .redrive(nil):
            return ConsoleSite.address(afterSending: try await runtime.bus.redrive(nil))
        case .remove(let id):
            _ = try await Integrations.remove(id, from: runtime.adapters.store, at: now)
            return ConsoleSite.address(of: id)
        }
    }

    private func publish(_ tick: SharedTick) async throws(Failure) -> String {
        try await tick.publish(on: runtime.bus)
        return ConsoleSite.address(ofEvent: tick.event.id)
    }
}
