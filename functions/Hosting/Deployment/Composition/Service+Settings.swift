public import Domain
public import Host
public import Logging
import Ports

extension Service {
    /// Creates the service that the settings describe.
    ///
    /// - Parameter functions: The functions to serve; the last one is ``Service/primary``.
    public init(
        functions: [FunctionName], settings: Settings, adapters: Adapters, logger: Logger,
        environment: [String: String]
    ) {
        let app = AppSource(settings: settings, adapters: adapters)
        self.init(
            functions: functions, primary: functions.last ?? .onDailyTick, adapters: adapters,
            busName: settings.eventBus?.name, concurrency: settings.workerConcurrency,
            logger: logger, environment: environment, setupToken: settings.setupToken,
            afterTick: { await adapters.writeQueueMetrics(settings, logger: logger) }
        ) { name async throws(Failure) in try await app.functions()[name] }
    }
}

extension FunctionName {
    /// The functions to serve when a host was started for this one.
    ///
    /// Starting an authorization includes its callback, so that a browser needs only one service
    /// behind one address.
    var served: [FunctionName] {
        self == .onAuthorizeCallback ? [.onAuthorize, .onAuthorizeCallback] : [self]
    }
}
