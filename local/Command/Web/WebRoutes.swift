import Console
import Domain
import FunctionInterface
import HTTPHost
import Host
import Logging
import Ports
import Runner
import Toolbox
import Worker

/// What the local runner answers to a browser.
struct WebRoutes: Sendable {
    private let runtime: Runtime
    private let site: ConsoleSite
    /// Told when somebody has connected.
    private let onConnected: @Sendable () async -> Void

    /// Creates the routes.
    init(
        _ runtime: Runtime, cron: DailySchedule? = nil,
        onConnected: @escaping @Sendable () async -> Void = {}
    ) {
        self.runtime = runtime
        site = ConsoleSite(runtime, cron: cron)
        self.onConnected = onConnected
    }

    /// Answers one request.
    @Sendable func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        switch request.path {
        case "/authorize": return await run(.onAuthorize, request.webEvent)
        case "/authorize/callback": return await run(.onAuthorizeCallback, request.webEvent)
        case "/healthz": return .text(200, "ok")
        case "/readyz", "/api/health": return await health(request.path)
        default: return await site.answer(request) ?? HTTPServerResponse(ConsoleSite.nothingHere)
        }
    }

    /// Whether everything is collected, for monitors: 200, or 503 with the problems.
    private func health(_ path: String) async -> HTTPServerResponse {
        let health = await runtime.health()
        let status = health.problems.isEmpty ? 200 : 503
        guard path == "/api/health" else {
            let lines = ProblemText.lines(health.problems, at: health.time, .plain)
            return .text(status, lines.isEmpty ? "ok" : lines.joined(separator: "\n"))
        }
        return HTTPServerResponse(
            status: status,
            fields: ["content-type": "application/json", "cache-control": "no-store"],
            body: JSON.encode(health))
    }

    private func run(_ name: FunctionName, _ event: WebEvent) async -> HTTPServerResponse {
        let conclusion = await runtime.conclude(name, event.json)
        if case .page(let page)? = conclusion.summary {
            note(name, page)
            if page.integration != nil { await onConnected() }
        }
        return HTTPServerResponse(page: conclusion)
    }

    /// Writes the journal: what was answered, and nothing of what the browser sent, which is secret.
    private func note(_ name: FunctionName, _ page: WebPage) {
        do throws(Failure) {
            try runtime.journal?.append(
                JournalEntry(
                    time: runtime.adapters.clock.now(), function: name, event: "web",
                    verdict: .done, result: .page(page)))
        } catch {
            // The person is connected all the same.
            runtime.logger.warning("\(error.message)")
        }
    }
}

extension HTTPServerResponse {
    /// What a path is answered that leads nowhere.
    static let nothingHere = text(404, "Not found.")
}
