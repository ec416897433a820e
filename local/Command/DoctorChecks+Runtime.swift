import Deployment
import Domain
import Host
import Ports
import QueryAPI
import Runner
import Toolbox

extension DoctorChecks {
    /// The waits for a sample that a backend has accepted: some keep new samples in a buffer first.
    private static let readBackWaits: [Duration] = [
        .zero, .seconds(1), .seconds(2), .seconds(3),
    ]

    /// The checks of a runtime.
    ///
    /// - Parameters:
    ///   - found: The settings and adapters to check.
    ///   - page: Where a person authorizes.
    ///   - organizations: The only organizations to check; empty for all.
    ///   - progress: Receives each check and its subject.
    convenience init(
        _ runtime: Runtime, with found: (settings: Settings, adapters: Adapters),
        authorizeAt page: String, organizations: [OrganizationLogin] = [],
        progress: @escaping (Check.Name, String?) -> Void
    ) {
        let (settings, adapters) = found
        let functions = Functions(settings: settings, adapters: adapters)
        let missing =
            runtime.missingState.map {
                ["there is no state in \($0) yet, and copilot-local run makes it"]
            } ?? []
        self.init(
            setup: DoctorChecks.Setup(
                warnings: settings.warnings + missing, authorizeURL: page,
                lookbackDays: settings.lookbackDays, identity: settings.userIdentity,
                organizations: organizations, selection: settings.organizations,
                isAppStored: runtime.settings.usesStoredApp),
            github: functions.gitHub, store: adapters.store, vault: adapters.vault,
            clock: adapters.clock, entropy: adapters.entropy,
            backends: settings.sinks.map { sink in
                DoctorChecks.Backend(name: sink.name, isQueried: sink.isQueried) {
                    time throws(Failure) in
                    try await sink.probe(at: time, through: adapters)
                }
            },
            readBack: settings.query.map { Self.readBack($0, adapters) }, progress: progress)
    }

    private static func readBack(_ query: QuerySetting, _ adapters: Adapters) -> ReadBack {
        let api = QueryAPI(
            url: query.url, authorization: query.authorization, transport: adapters.transport)
        return ReadBack(name: "QUERY_URL") { time throws(Failure) in
            for wait in readBackWaits {
                guard (try? await adapters.time.sleep(for: wait)) != nil else {
                    throw Failure(.cancelled, "the check was cancelled")
                }
                let found = try await api.query("\(SinkSetting.probeName)[1h]", at: time)
                if found.contains(where: { $0.points.contains { $0.time == time } }) { return true }
            }
            return false
        }
    }
}

extension SinkSetting {
    /// Whether samples that are sent there can be read from a Prometheus HTTP API.
    fileprivate var isQueried: Bool {
        if case .remoteWrite = self { true } else { false }
    }
}
