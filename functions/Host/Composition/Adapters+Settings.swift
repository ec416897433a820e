import CurlHTTP
public import Domain
import Fakes
import FileBus
import FileStore
import OpenMetrics
import OpenSSLCrypto
public import Ports
import RemoteWrite

extension Adapters {
    /// Makes what the settings say, as far as the functions need it.
    ///
    /// - Parameters:
    ///   - settings: The settings, complete for the functions.
    ///   - functions: The functions that will be run.
    ///   - clock: Real time.
    /// - Throws: `misconfigured` or `unavailable`, naming the variable or the folder.
    public init(
        settings: Settings, for functions: Set<FunctionName>, clock: any WallClock
    ) throws(Failure) {
        for function in functions { try settings.require(for: function) }
        let time = ContinuousClock()
        let entropy = SystemEntropy()
        let transport = CurlTransport(CurlTransport.Settings(caFile: settings.caFile))
        let collects = functions.contains(.onCollectOrg)

        self.init(
            transport: transport,
            store: try Self.store(settings.stateStore, clock: clock),
            sink: collects
                ? try Self.sink(
                    settings.sinks, transport: transport, clock: clock, time: time, entropy: entropy
                )
                : Unconfigured(variable: .metricsSink),
            bus: try Self.bus(settings.eventBus, clock: clock),
            clock: clock, time: time, entropy: entropy, hashing: OpenSSLHashing(),
            vault: settings.encryptionKeys.isEmpty
                ? Unconfigured(variable: .encryptionKeys)
                : try AESGCMVault(keys: settings.encryptionKeys),
            signer: try settings.privateKey.map { key throws(Failure) in
                try RSAAppSigner(pem: key)
            } ?? Unconfigured(variable: .privateKey))
    }

    private static func store(
        _ setting: StateStoreSetting?, clock: any WallClock
    ) throws(Failure) -> any KeyValueStore {
        switch setting {
        case .memory, nil: MemoryStore(clock: clock)
        case .file(let folder): try FileStore(folder: folder, clock: clock)
        }
    }

    private static func bus(
        _ setting: EventBusSetting?, clock: any WallClock
    ) throws(Failure) -> (any EventBus)? {
        switch setting {
        case nil: nil
        case .file(let folder): try FileBus(folder: folder, clock: clock)
        }
    }

    private static func sink(
        _ settings: [SinkSetting], transport: any HTTPTransport, clock: any WallClock,
        time: any Clock<Duration>, entropy: any Entropy
    ) throws(Failure) -> any MetricSink {
        let sinks = try settings.map { setting throws(Failure) -> (String, any MetricSink) in
            switch setting {
            case .file(let folder): (setting.name, try OpenMetricsFiles(folder: folder))
            case .remoteWrite(let backend, let name):
                (
                    name,
                    RemoteWriteSink(
                        settings: backend, transport: transport, time: time, wallClock: clock,
                        entropy: entropy)
                )
            }
        }
        return sinks.count == 1 ? sinks[0].1 : FanOutSink(sinks)
    }
}
