import CurlHTTP
public import Domain
import DynamoStore
import FanOutSink
import FileBus
import FileStore
import HTTPPublisher
public import Host
import InMemory
import OpenMetrics
import OpenSSLCrypto
public import Ports
import Postgres
import RemoteWrite
import SQSQueue
import SystemClock

extension Adapters {
    /// Creates the adapters that the settings describe and the functions need.
    ///
    /// - Parameters:
    ///   - settings: The settings, complete for the functions.
    ///   - functions: The functions that will run.
    ///   - clock: The clock for real time.
    /// - Throws: `misconfigured` or `unavailable`, naming the variable or the folder.
    public init(
        settings: Settings, for functions: [FunctionName], clock: any WallClock,
        access: FolderAccess = .creating
    ) throws(Failure) {
        try settings.require(for: functions)
        let time = ContinuousClock()
        let entropy = SystemEntropy()
        let transport = Self.transport(settings)
        var databases = Databases(settings)
        let aws = AWSAccount(
            settings.aws, transport: transport, clock: clock, time: time, entropy: entropy)
        let collects = functions.contains(.onCollectOrg)

        self.init(
            transport: transport,
            store: try Self.store(
                settings.stateStore, clock: clock, &databases, aws: aws, access: access),
            sink: try Self.sink(
                collects && access == .creating ? settings.sinks : [], transport: transport,
                clock: clock, time: time,
                entropy: entropy),
            bus: try Self.bus(
                settings, &databases, aws: aws, transport: transport, clock: clock, time: time,
                entropy: entropy, access: access),
            clock: clock, time: time, entropy: entropy, hashing: OpenSSLHashing(),
            vault: try Self.vault(settings.encryptionKeys),
            signer: try Self.signer(collects ? settings.privateKey : nil))
    }

    /// Creates only the bus that the settings name; nil if they name none.
    ///
    /// - Parameter clock: The clock for real time.
    /// - Throws: `misconfigured` or `unavailable`, naming the variable or the folder.
    public static func bus(
        settings: Settings, clock: any WallClock, access: FolderAccess = .creating
    ) throws(Failure) -> (any EventPublisher)? {
        let (time, entropy) = (ContinuousClock(), SystemEntropy())
        let transport = Self.transport(settings)
        var databases = Databases(settings)
        let aws = AWSAccount(
            settings.aws, transport: transport, clock: clock, time: time, entropy: entropy)
        return try bus(
            settings, &databases, aws: aws, transport: transport, clock: clock, time: time,
            entropy: entropy, access: access)
    }

    private static func transport(_ settings: Settings) -> CurlTransport {
        CurlTransport(
            CurlTransport.Settings(
                caFile: settings.caFile, proxy: settings.proxy?.reveal { $0 }))
    }

    private static func store(
        _ setting: StateStoreSetting?, clock: any WallClock, _ databases: inout Databases,
        aws: AWSAccount, access: FolderAccess
    ) throws(Failure) -> any KeyValueStore {
        switch setting {
        case .memory, nil: MemoryStore(clock: clock)
        case .file(let folder) where access.isEmpty(folder): MemoryStore(clock: clock)
        case .file(let folder):
            try opening(.stateStore) { () throws(Failure) in
                try FileStore(folder: folder, clock: clock)
            }
        case .postgres(let address):
            PostgresStore(databases[address], clock: clock, judge: PostgresTime(clock))
        case .dynamoDB(let table): try aws.store(table: table)
        }
    }

    /// Opens an adapter; any failure to open a folder at startup is a setting to correct.
    private static func opening<Adapter>(
        _ variable: Variable, _ open: () throws(Failure) -> Adapter
    ) throws(Failure) -> Adapter {
        do throws(Failure) {
            return try open()
        } catch {
            // The errors of a file system do not all know which variable names the folder.
            let name = variable.rawValue
            let fix = error.message.contains(name) ? "" : ". Set \(name) to another folder."
            throw Failure(.misconfigured, error.message + fix)
        }
    }

    private static func signer(_ key: Secret?) throws(Failure) -> any AppSigner {
        guard let key else { return Unconfigured(variable: .privateKey) }
        return try RSAAppSigner(pem: key)
    }

    private static func vault(_ keys: [Secret]) throws(Failure) -> any Vault {
        guard !keys.isEmpty else { return Unconfigured(variable: .encryptionKeys) }
        return try AESGCMVault(keys: keys)
    }

    private static func bus(
        _ settings: Settings, _ databases: inout Databases, aws: AWSAccount,
        transport: any HTTPTransport, clock: any WallClock, time: any Clock<Duration>,
        entropy: any Entropy, access: FolderAccess
    ) throws(Failure) -> (any EventPublisher)? {
        switch settings.eventBus {
        case nil: nil
        case .file(let folder) where access.isEmpty(folder): nil
        case .file(let folder):
            try opening(.eventBus) { () throws(Failure) in
                try FileBus(folder: folder, clock: clock)
            }
        case .postgres(let address):
            PostgresBus(databases[address], clock: clock, judge: PostgresTime(clock))
        case .sqs(let queueURL): try aws.queue(queueURL)
        case .http(let url):
            HTTPPublisher(
                url: url, extensions: settings.eventExtensions, transport: transport, time: time,
                wallClock: clock, entropy: entropy)
        }
    }

    private static func sink(
        _ settings: [SinkSetting], transport: any HTTPTransport, clock: any WallClock,
        time: any Clock<Duration>, entropy: any Entropy
    ) throws(Failure) -> any MetricSink {
        let sinks = try settings.map { setting throws(Failure) -> (String, any MetricSink) in
            switch setting {
            case .file(let folder):
                return (
                    setting.name,
                    try opening(.metricsSink) { () throws(Failure) in
                        try OpenMetricsFiles(folder: folder)
                    }
                )
            case .remoteWrite(var backend, let name):
                backend.sendsMetadata = true
                return (
                    name,
                    RemoteWriteSink(
                        settings: backend, transport: transport, time: time, wallClock: clock,
                        entropy: entropy)
                )
            }
        }
        switch sinks.count {
        case 0: return Unconfigured(variable: .metricsSink)
        case 1: return sinks[0].1
        default: return FanOutSink(sinks)
        }
    }
}

extension PostgresTime {
    /// The database's clock, unless time is virtual: then nothing may pass by real time.
    fileprivate init(_ clock: any WallClock) {
        self = clock is SystemClock ? .database : .given
    }
}
