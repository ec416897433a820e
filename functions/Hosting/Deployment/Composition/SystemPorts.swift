public import Domain
public import Host
import InMemory
import OpenSSLCrypto
public import Ports
import SystemClock

/// The ports that depend on no setting.
public enum SystemPorts {
    /// The clock for real time.
    public static let clock: any WallClock = SystemClock()
    /// The source of unpredictable bytes, from OpenSSL.
    public static let entropy: any Entropy = SystemEntropy()
    /// The hash functions of OpenSSL.
    public static let hashing: any Hashing = OpenSSLHashing()

    /// Creates a clock that stands still until it is set.
    public static func adjustableClock(at time: Timestamp) -> any AdjustableClock {
        ManualClock(time)
    }
}

extension Adapters {
    /// Creates adapters that use only the ports of a recorded run.
    ///
    /// Requests are signed with a placeholder: the signature is in a field that is not recorded.
    public static func replaying(
        transport: any HTTPTransport, store: any KeyValueStore, sink: any MetricSink,
        clock: any WallClock, entropy: any Entropy, vault: any Vault
    ) -> Adapters {
        Adapters(
            transport: transport, store: store, sink: sink, bus: nil, clock: clock,
            time: ManualTime(), entropy: entropy, hashing: SystemPorts.hashing, vault: vault,
            signer: PlaceholderSigner())
    }

    /// The bus, if its events can be listed; one in memory if `EVENT_BUS` is not set.
    ///
    /// - Throws: `misconfigured` if the bus can only publish, or cannot list its events.
    public static func inspectable(
        _ bus: (any EventPublisher)?, clock: any WallClock
    ) throws(Failure) -> any EventBus {
        guard let bus else { return MemoryBus(clock: clock) }
        guard let bus = bus as? any EventBus else {
            throw Failure(
                .misconfigured,
                "EVENT_BUS names a bus whose events cannot be listed."
                    + " Set it to file:DIR or postgres://….")
        }
        return bus
    }
}

private struct PlaceholderSigner: AppSigner {
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] { Array("stand-in".utf8) }
}
