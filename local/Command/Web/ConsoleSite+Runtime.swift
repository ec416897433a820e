import Console
import Deployment
import Domain
import GitHub
import HTTPHost
import Host
import Ports
import Runner
import SampleIndex

extension ConsoleSite {
    /// The most attempts that pages look through.
    private static let attemptCountMax = 1_000

    /// The pages over a runtime's state.
    ///
    /// - Parameters:
    ///   - cron: The schedule, if this program runs one.
    ///   - through: The newest day to expect.
    init(_ runtime: Runtime, cron: DailySchedule? = nil, through: Day? = nil) {
        let journalPath = runtime.journalPath
        self.init(
            Sources(
                store: runtime.adapters.store, bus: runtime.bus, clock: runtime.adapters.clock,
                gitHub: runtime.settings.gitHub.server,
                series: runtime.sampleIndex, through: through,
                hasApp: { await runtime.hasApp },
                problems: {
                    let health = await runtime.health()
                    return health.problems + health.notices
                },
                journal: { Journal.entries(at: journalPath, last: Self.attemptCountMax) },
                nextTick: { cron?.next(after: $0) }))
    }

    /// Answers a browser's request.
    ///
    /// - Parameter session: The browser's session; nil if the pages change nothing.
    func answer(
        _ request: HTTPServerRequest, in session: PageSession? = nil
    ) async -> HTTPServerResponse {
        guard ["GET", "HEAD"].contains(request.method) else {
            return .text(
                405, "Nothing was changed. This address is only read, by GET.",
                fields: ["allow": "GET, HEAD"])
        }
        let forms = session.map {
            ConsoleRequest.Session(field: PageGuard.formField, token: $0.token)
        }
        let answer = await answer(
            ConsoleRequest(request.path, query: request.webEvent.query, session: forms))
        var response = HTTPServerResponse(answer ?? Self.nothingHere)
        // Only pages have forms.
        if let cookie = session?.cookie,
            response.fields["content-type"]?.hasPrefix("text/html") == true
        {
            response.fields["set-cookie"] = cookie
        }
        return response
    }
}

extension HTTPServerResponse {
    /// A page or a document.
    init(_ answer: ConsoleResponse) {
        self.init(status: answer.status, fields: answer.fields, body: answer.body)
    }
}

extension Runtime {
    /// The samples of the sink `file:`; nil without one.
    fileprivate var sampleIndex: SampleIndex? {
        let folder = settings.sinks.lazy.compactMap { sink -> String? in
            guard case .file(folder: let folder) = sink else { return nil }
            return folder
        }.first
        return folder.map { path in SampleIndex(folder: path, isWriting: journal != nil) }
    }
}
