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
    private let setup: SetupRoutes
    private let actions: ActionRoutes
    private let metrics: SelfMetrics
    private let guesses: GuessDelay
    /// Told when somebody has connected.
    private let onConnected: @Sendable () async -> Void

    /// Creates the routes of pages that are served on an address.
    init(
        _ runtime: Runtime, listeningOn host: String = "127.0.0.1", cron: DailySchedule? = nil,
        onConnected: @escaping @Sendable () async -> Void = {}
    ) {
        self.runtime = runtime
        pageGuard = PageGuard(runtime, listeningOn: host)
        let url = runtime.settings.publicURL?.description ?? ""
        setup = SetupRoutes(
            runtime, pageGuard, at: url, callbackURLs: ["\(url)/authorize/callback"])
        site = ConsoleSite(runtime, cron: cron)
        actions = ActionRoutes(runtime: runtime, pageGuard: pageGuard)
        guesses = GuessDelay(on: runtime.adapters.time)
        metrics = SelfMetrics(runtime)
        self.onConnected = onConnected
    }

    /// Answers one request.
    @Sendable func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        let event: WebEvent
        switch pageGuard.verdict(on: request.webEvent, to: request.path) {
        case .answer(let admitted): event = admitted
        case .refuse(let result):
            return await guesses.passing(HTTPServerResponse(result), to: request.webEvent)
        }
        switch request.path {
        case "/authorize":
            // Only a person's own request is worth a question to GitHub.
            if FetchMetadata.isWanted(event), let detour = await setup.detour(event) {
                return detour
            }
            return request.method == "POST"
                ? await begin(request, event) : await run(.onAuthorize, event)
        case "/authorize/callback": return await run(.onAuthorizeCallback, event)
        case "/setup": return await setup.answer(request, event)
        case "/setup/callback": return await finishSetup(event)
        case "/healthz": return .text(200, "ok")
        case "/metrics": return await HTTPServerResponse(metrics)
        case "/readyz", "/api/health": return await health(request.path)
        case let path where path.hasPrefix(ConsoleAction.prefix):
            return await actions.answer(request, event)
        default: return await site.answer(request, in: pageGuard.session(of: event))
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

    /// Takes a new App and goes on to its installation, in the same browser and without a click.
    private func finishSetup(_ event: WebEvent) async -> HTTPServerResponse {
        switch await setup.finish(event) {
        case .success:
            // The state proved that this person was let in and wants this.
            let install = WebEvent(query: ["install": "true"])
            return await run(.onAuthorize, pageGuard.presenting(install))
        case .failure(let answered): return answered.response
        }
    }

    private func run(_ name: FunctionName, _ event: WebEvent) async -> HTTPServerResponse {
        let conclusion = await runtime.conclude(name, event.json)
        guard case .page(let page)? = conclusion.summary else {
            return HTTPServerResponse(page: conclusion)
        }
        note(name, page)
        guard page.integration != nil else { return HTTPServerResponse(page: conclusion) }
        await onConnected()
        guard event.query["setup_action"] != nil else {
            return HTTPServerResponse(page: conclusion)
        }
        // Whoever has just installed the App wants to see it work.
        var fields = page.headers
        fields["content-type"] = nil
        fields["location"] = "/setup"
        return HTTPServerResponse(status: 303, fields: fields)
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
