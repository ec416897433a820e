import Console
import Deployment
import Domain
import GitHub
import HTTPHost
import Host
import Ports
import QueryAPI
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
                series: runtime.sampleIndex ?? runtime.queriedSamples,
                people: runtime.peopleIndex ?? runtime.queriedPeople,
                identity: runtime.settings.userIdentity,
                // A program without a schedule changes nothing, and the checks write a little.
                checks: cron == nil ? nil : runtime.latestDiagnosis, through: through,
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
    /// The findings of the doctor.
    fileprivate var latestDiagnosis: LatestDiagnosis {
        LatestDiagnosis(clock: adapters.clock) { note in
            let url = settings.publicURL?.description ?? ""
            // The setup page may have made the App since the start.
            let found = (try? await appSource.found()) ?? (settings, adapters)
            return await DoctorChecks(self, with: found, authorizeAt: "\(url)/authorize") {
                name, about in
                note("\(name.rawValue)\(about.map { " of \($0)" } ?? "")")
            }.run()
        }
    }

    /// The client of QUERY_URL; nil without one.
    var queryAPI: QueryAPI? {
        settings.query.map {
            QueryAPI(
                url: $0.url, authorization: $0.authorization, transport: adapters.transport)
        }
    }

    /// The samples of QUERY_URL; nil without one.
    fileprivate var queriedSamples: (any SeriesSource)? { queryAPI.map { QueriedSamples($0) } }
    fileprivate var queriedPeople: (any PeopleSource)? { queryAPI.map { QueriedPeople($0) } }

    /// The samples of the sink `file:`; nil without one.
    fileprivate var sampleIndex: (any SeriesSource)? {
        sampleFolder.map { SampleIndex(folder: $0, isWriting: journal != nil) }
    }
    fileprivate var peopleIndex: (any PeopleSource)? {
        sampleFolder.map { PeopleIndex(folder: $0, isWriting: journal != nil) }
    }

    private var sampleFolder: String? {
        settings.sinks.lazy.compactMap { sink -> String? in
            guard case .file(folder: let folder) = sink else { return nil }
            return folder
        }.first
    }
}
