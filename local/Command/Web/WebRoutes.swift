import Worker
import Console
import Domain
import Host
import Ports
import Runner

/// What the local runner answers to a browser.
struct WebRoutes: Sendable {
    private let runtime: Runtime
    private let cron: Cron?
    /// Told when somebody has connected.
    private let onConnected: @Sendable () async -> Void

    /// Creates the routes.
    init(
        _ runtime: Runtime, cron: Cron? = nil,
        onConnected: @escaping @Sendable () async -> Void = {}
    ) {
        self.runtime = runtime
        self.cron = cron
        self.onConnected = onConnected
    }

    /// Answers one request.
    func answer(_ path: String, _ event: WebEvent) async -> WebServer.Answer {
        switch path {
        case "/authorize": return await run(.onAuthorize, event)
        case "/authorize/callback": return await run(.onAuthorizeCallback, event)
        case "/healthz": return .text(200, "ok")
        case "/" where event.method == "GET":
            let page = ConsolePage.html(await snapshot())
            return WebServer.Answer(status: 200, fields: ConsolePage.fields, body: page)
        default: return .notFound
        }
    }

    /// The part of the functions' answer that HTTP needs.
    private struct Reply: Decodable {
        var status: Int
        var headers: [String: String]
        var body: String
        var integration: JSONValue?
    }

    private func run(_ name: FunctionName, _ event: WebEvent) async -> WebServer.Answer {
        let invocation = await runtime.invoke(name, JSON.encode(event))
        do throws(Failure) {
            let reply = try JSON.decode(
                Reply.self, from: invocation.result(), at: "the answer of \(name.rawValue)")
            try note(name, reply)
            if reply.integration != nil { await onConnected() }
            return WebServer.Answer(
                status: reply.status, fields: reply.headers, body: reply.body)
        } catch {
            return Self.refusal(error)
        }
    }

    /// Writes the journal: what was answered, and nothing of what the browser sent, which is secret.
    private func note(_ name: FunctionName, _ reply: Reply) throws(Failure) {
        var result: [String: JSONValue] = ["status": .integer(Int64(reply.status))]
        result["integration"] = reply.integration
        try runtime.journal.append(
            JournalEntry(
                time: runtime.adapters.clock.now(), function: name, event: "web", verdict: .done,
                result: .object(result)))
    }

    private static func refusal(_ failure: Failure) -> WebServer.Answer {
        guard case .after(let delay) = failure.retry else {
            return .text(failure.code == .malformedEvent ? 400 : 500, failure.message)
        }
        var answer = WebServer.Answer.text(503, failure.message)
        answer.fields["retry-after"] = String(Int((delay / .seconds(1)).rounded(.up)))
        return answer
    }

    /// Gathers what the page says; what cannot be read is said instead of shown.
    private func snapshot() async -> ConsoleSnapshot {
        let now = runtime.adapters.clock.now()
        var snapshot = ConsoleSnapshot(now: now, nextTick: cron?.next(after: now))
        let reader = StateReader(runtime.adapters.store)
        do throws(Failure) {
            snapshot.integrations = try await reader.integrations()
            snapshot.manifests = try await reader.manifests()
            snapshot.events = try await runtime.bus.queued()
        } catch {
            snapshot.problems.append(error.message)
        }
        return snapshot
    }
}
