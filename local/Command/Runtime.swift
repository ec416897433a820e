import Deployment
import Domain
import FunctionInterface
import Host
import Logging
import Ports
import Runner
import Worker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The functions with everything around them, as the settings say: what every command stands on.
struct Runtime: Sendable {
    let settings: Settings
    let adapters: Adapters
    let bus: any EventBus
    let journalPath: String
    /// The journal to append to; nil for a command that only reads.
    let journal: Journal?
    let logger: Logger
    /// Where state was expected and is none, as an absolute path; nil if there is some.
    let missingState: String?
    private let recorder: Recorder?

    /// Puts everything together.
    ///
    /// - Parameters:
    ///   - options: What the command was given.
    ///   - functions: The functions that will be run; what they need must be set.
    ///   - needsState: Whether there must be state already: a command that connects nobody, started
    ///     in the wrong folder, would find nothing and leave an empty installation there.
    ///   - publicURL: Where browsers find us if PUBLIC_URL is not set.
    ///   - host: The address that pages are served on; nil if none are served.
    ///   - environment: The process's variables.
    ///   - clock: The clock that everything is judged by.
    ///   - adjust: Puts other adapters into the places of the usual ones.
    /// - Throws: `misconfigured`, a line for everything that is wrong.
    init(
        _ options: CommonOptions, for functions: Set<FunctionName>, needsState: Bool = false,
        publicURL: String? = nil, listeningOn host: String? = nil, access: FolderAccess? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        clock: any WallClock = SystemPorts.clock, adjust: (inout Adapters) -> Void = { _ in }
    ) throws(Failure) {
        let functions = FunctionName.allCases.filter(functions.contains)
        var file = try options.envFile.map(EnvironmentFile.read) ?? [:]
        if let publicURL { file.merge([Variable.publicURL.rawValue: publicURL]) { set, _ in set } }
        var settings: Settings
        do throws(Failure) {
            settings = try Settings(
                environment: environment, file: file, defaults: .local, for: functions,
                listeningOn: host)
        } catch {
            throw MissingSettings.explain(error, file: options.envFile)
        }
        logger = Logger(settings: settings, clock: clock, environment: environment)
        for warning in settings.warnings { logger.warning("\(warning)") }
        missingState = settings.stateStore?.missingFolder
        if needsState, let missingState {
            throw MissingSettings.explain(Self.noState(in: missingState), file: options.envFile)
        }
        // A command that runs no function only reads, and creates nothing.
        let access = access ?? (functions.isEmpty ? .reading : .creating)
        // Nothing is made before everything else is known to be right.
        if !functions.isEmpty, settings.encryptionKeys.isEmpty {
            let logger = logger
            settings.encryptionKeys = try Self.keys(settings.stateStore, access) {
                logger.notice("\($0)")
            }
        }

        var adapters = try Self.adapters(settings, functions, clock, access)
        adjust(&adapters)
        self.settings = settings
        self.adapters = adapters
        bus = try Adapters.inspectable(adapters.bus, clock: clock)
        journalPath = Self.journalPath(settings)
        journal = access == .reading ? nil : try Journal(path: journalPath)
        recorder = try options.recordTo.map { folder throws(Failure) in
            try Recorder(into: Recording.begin(folder, environment: environment, file: file))
        }
    }

    /// Makes the adapters; here only folders can be in the way, and a person has to choose others.
    private static func adapters(
        _ settings: Settings, _ functions: [FunctionName], _ clock: any WallClock,
        _ access: FolderAccess
    ) throws(Failure) -> Adapters {
        do {
            return try Adapters(
                settings: settings, for: functions, clock: clock, access: access)
        } catch let failure where failure.code == .unavailable {
            throw Failure(
                .misconfigured,
                "\(failure.message): check the folders of STATE_STORE, EVENT_BUS and METRICS_SINK")
        }
    }

    /// The bus alone, for who only looks at events or sends them on.
    ///
    /// - Parameter options: What the command was given.
    /// - Returns: The bus.
    /// - Throws: `misconfigured`, naming the variable.
    static func bus(_ options: CommonOptions) throws(Failure) -> any EventBus {
        let clock = SystemPorts.clock
        let settings = try Settings(
            environment: ProcessInfo.processInfo.environment,
            file: try options.envFile.map(EnvironmentFile.read) ?? [:], defaults: .local,
            heeding: [.eventBus, .knativeSink])
        if let folder = settings.eventBus?.missingFolder {
            throw Failure(
                .notFound,
                """
                There is no event bus in \(folder). If events were published, this is another folder: \
                start the command in the folder of `run`, name its --env-file, or set EVENT_BUS to \
                file:DIR.
                """)
        }
        return try Adapters.inspectable(
            Adapters.bus(settings: settings, clock: clock, access: .reading), clock: clock)
    }

    private static func noState(in folder: String) -> Failure {
        Failure(
            .notFound,
            """
            There is no state in \(folder). Nobody has connected GitHub here yet: start \
            `copilot-local run` and open its page, which leads to /setup. If someone has, this is \
            another folder: start the command in the folder of `run`, name its --env-file, or set \
            STATE_STORE to file:DIR.
            """)
    }

    /// The journal lies beside the state, so that each state has its own.
    private static func journalPath(_ settings: Settings) -> String {
        guard case .file(let folder) = settings.stateStore else { return "journal.ndjson" }
        return path(beside: folder, ".journal.ndjson")
    }

    /// The key that was made on first use, where nobody else needs to know it.
    private static func keys(
        _ store: StateStoreSetting?, _ access: FolderAccess, announce: (String) -> Void
    ) throws(Failure) -> [Secret] {
        switch store {
        case .file(let folder):
            let file = StateStoreSetting.absolute(path(beside: folder, ".key"))
            if let key = try StateKeyFile.read(file) { return [Secret(key)] }
            // A new key opens nothing, and would soon have sealed something of its own.
            guard store?.holdsSealedEntries != true else {
                throw Failure(
                    .misconfigured,
                    """
                    The key file \(file) is missing, but \(StateStoreSetting.absolute(folder)) holds \
                    authorizations that were sealed with it. Restore the file, or set \
                    STATE_ENCRYPTION_KEYS to that key. If the key is lost, move that folder away and \
                    connect again.
                    """)
            }
            // What only reads has nothing to seal.
            guard access == .creating else { return [Secret(StateKeyFile.make())] }
            return [Secret(try StateKeyFile.create(file, announce: announce))]
        // What it seals is gone when it is.
        case .memory: return [Secret(StateKeyFile.make())]
        case .postgres, .dynamoDB, nil: return []
        }
    }

    /// A file beside a folder: `./state` and `.key` make `./state.key`.
    private static func path(beside folder: String, _ suffix: String) -> String {
        var folder = folder
        while folder.count > 1, folder.last == "/" { folder.removeLast() }
        return folder + suffix
    }

    /// Where the GitHub App's credentials come from.
    var appSource: AppSource { AppSource(settings: settings, adapters: adapters) }

    /// Whether there is a GitHub App.
    ///
    /// One that cannot be read is there, and its error shows elsewhere.
    var hasApp: Bool {
        get async {
            guard settings.usesStoredApp else { return true }
            do throws(Failure) {
                return try await appSource.stored() != nil
            } catch {
                return true
            }
        }
    }

    /// Checks that there is a GitHub App, for a command that is about to run functions.
    ///
    /// - Throws: What is missing, and what a person has probably overlooked.
    func requireApp(_ options: CommonOptions) async throws(Failure) {
        do throws(Failure) {
            _ = try await appSource.found()
        } catch {
            throw MissingSettings.explain(error, file: options.envFile)
        }
    }

    /// What is in the way of collecting.
    ///
    /// - Parameter manifests: All manifests, if they have been read.
    func health(manifests: [Manifest]? = nil, unreadable: [String] = []) async -> Health {
        await HealthReader(store: adapters.store, bus: bus, clock: adapters.clock)
            .health(manifests: manifests, unreadable: unreadable)
    }

    /// Runs one function on one event, and records the run if that was asked for.
    ///
    /// A recording holds the writes to the store, so a run that is recorded makes its state changes
    /// before it is settled, and leaves none in the conclusion.
    func invoke(_ name: FunctionName, _ event: JSONValue) async -> Conclusion {
        let found: (settings: Settings, adapters: Adapters)
        do throws(Failure) {
            found = try await appSource.found()
            // The App is read before the run is recorded: its credentials are not part of a recording.
            if settings.usesStoredApp { try recorder?.learn(found.settings.appVariables) }
        } catch {
            // An event that is here already waits until there is an App.
            let waits = error.code == .misconfigured && settings.usesStoredApp
            return Conclusion(
                name, failure: waits ? Failure(.unavailable, error.message) : error)
        }
        guard let recorder else {
            return await invoker(found.settings, found.adapters).run(name, event: event)
        }
        return await recorder.run(name, on: event, ports: FunctionPorts(found.adapters)) { ports in
            var recorded = found.adapters
            recorded.use(ports)
            return await invoker(found.settings, recorded).run(name, event: event)
        }
    }

    /// Runs one function on one event and makes its state changes; events that follow stay in the result.
    func conclude(_ name: FunctionName, _ event: JSONValue) async -> Conclusion {
        await Concluder(logger: logger).conclude(
            await invoke(name, event), by: ResponseAcknowledgement(nil, logger: logger)
        ).conclusion
    }

    private func invoker(_ settings: Settings, _ adapters: Adapters) -> Invoker {
        let functions = Functions(settings: settings, adapters: adapters)
        // How each event came out is in the journal, and shown.
        var logger = logger
        logger.logLevel = .critical
        return Invoker(logger: logger) { name throws(Failure) in try functions[name] }
    }

    /// Makes a dispatcher that writes the journal.
    ///
    /// - Parameters:
    ///   - onFollowUps: Told the events that follow from an event, before they are published.
    ///   - observer: Told of each attempt as it ends.
    func dispatcher(
        parallel: Int,
        onFollowUps: @escaping @Sendable ([CloudEvent], CloudEvent) -> Void = { _, _ in },
        observer: @escaping @Sendable (JournalEntry) -> Void
    ) -> Dispatcher {
        let (journal, logger) = (journal, logger)
        return Dispatcher(
            bus: bus, clock: adapters.clock, limits: Dispatcher.Limits(parallel: parallel),
            logger: logger,
            handler: { event in
                let conclusion = await invoke(event.type.function, event.data)
                onFollowUps(conclusion.followUps, event)
                if event.type == .tick {
                    await adapters.writeQueueMetrics(settings, logger: logger)
                }
                return conclusion
            }
        ) { entry in
            do throws(Failure) {
                try journal?.append(entry)
            } catch {
                logger.warning("\(error.message)")
            }
            observer(entry)
        }
    }
}

extension FunctionPorts {
    /// The ports among the adapters.
    init(_ adapters: Adapters) {
        self.init(
            transport: adapters.transport, store: adapters.store, clock: adapters.clock,
            entropy: adapters.entropy, vault: adapters.vault, sink: adapters.sink)
    }
}

extension Adapters {
    /// Puts ports into the places of the adapters.
    mutating func use(_ ports: FunctionPorts) {
        transport = ports.transport
        store = ports.store
        clock = ports.clock
        entropy = ports.entropy
        vault = ports.vault
        sink = ports.sink
    }
}
