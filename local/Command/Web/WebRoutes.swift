import Authorization
import Console
import Deployment
import Domain
import FunctionInterface
import HTTPHost
import Host
import Logging
import Ports
import Runner
import SelfMetrics
import Toolbox
import Worker

/// What the local runner answers to a browser.
struct WebRoutes: Sendable {
    private let runtime: Runtime
    private let pageGuard: PageGuard
    private let site: ConsoleSite
    private let metrics: SelfMetrics
    /// Told when somebody has connected.
    private let onConnected: @Sendable () async -> Void

    /// Creates the routes of pages that are served on an address.
    init(
        _ runtime: Runtime, listeningOn host: String = "127.0.0.1", cron: DailySchedule? = nil,
        onConnected: @escaping @Sendable () async -> Void = {}
    ) {
        self.runtime = runtime
        pageGuard = PageGuard(runtime, listeningOn: host)
        site = ConsoleSite(runtime, cron: cron)
        metrics = SelfMetrics(runtime)
        self.onConnected = onConnected
    }

    /// Answers one request.
    @Sendable func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        let event: WebEvent
        switch pageGuard.verdict(on: request.webEvent, to: request.path) {
        case .answer(let admitted): event = admitted
        case .refuse(let result): return HTTPServerResponse(result)
        }
        switch request.path {
        case "/authorize" where request.method == "POST": return await begin(request, event)
        case "/authorize": return await run(.onAuthorize, event)
        case "/authorize/callback": return await run(.onAuthorizeCallback, event)
        case "/healthz": return .text(200, "ok")
        case "/metrics": return await HTTPServerResponse(metrics)
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

    /// Begins an authorization with the settings of a form, which a page of ours must have sent.
    private func begin(_ request: HTTPServerRequest, _ event: WebEvent) async -> HTTPServerResponse
    {
        do throws(Failure) {
            let form = Form(String(decoding: try await request.body(), as: UTF8.self))
            guard pageGuard.isOwn(form, of: event) else {
                return HTTPServerResponse(PageGuard.foreignForm)
            }
            return await run(.onAuthorize, WebEvent(query: form.first, headers: event.headers))
        } catch {
            return .text(400, "The form could not be read: \(error.message).")
        }
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

extension PageGuard {
    /// The guard of a runtime's pages.
    ///
    /// - Parameter url: Where browsers find them; nil for PUBLIC_URL.
    init(_ runtime: Runtime, listeningOn host: String, at url: String? = nil) {
        self.init(
            publicURL: url ?? runtime.settings.publicURL?.description ?? "", listeningOn: host,
            setupToken: runtime.settings.setupToken, hashing: runtime.adapters.hashing,
            entropy: runtime.adapters.entropy)
    }
}

extension HTTPServerResponse {
    /// The answer of a guard.
    init(_ result: WebResult) {
        self.init(status: result.status, fields: result.headers, body: Array(result.body.utf8))
    }
}
