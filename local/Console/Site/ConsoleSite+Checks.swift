import Domain
import HTML
import Runner

extension ConsoleSite {
    /// What the doctor found.
    func checks(_ request: ConsoleRequest) async -> ConsoleResponse {
        let state = await sources.checks?.state()
        let page = ChecksPage(state: state, refresh: ConsoleFrame.refresh(request))
        return ConsoleFrame.page(
            "Checks", at: "/checks",
            refreshSeconds: state?.progress == nil ? nil : request.refreshSeconds, page.html)
    }

    /// The same as JSON.
    func checksDocument() async -> ConsoleResponse {
        guard let checks = sources.checks else {
            return ConsoleAPI.refusal(
                404, "notFound", "Only copilot-local run checks. These pages change nothing.")
        }
        let state = await checks.state()
        return ConsoleAPI.response(
            ConsoleAPI.Checks(
                at: state.time, running: state.progress != nil,
                checks: state.diagnosis?.checks ?? []))
    }
}
