public import Ports

/// The ports through which a function reads from and acts on the outside world.
///
/// Signing and hashing are missing because they depend on their input only.
public struct FunctionPorts: Sendable {
    /// Requests to GitHub.
    public var transport: any HTTPTransport
    /// The state store.
    public var store: any KeyValueStore
    /// Real time.
    public var clock: any WallClock
    /// Random bytes.
    public var entropy: any Entropy
    /// Seals secrets.
    public var vault: any Vault
    /// The metrics backend.
    public var sink: any MetricSink

    /// Creates a set of ports.
    public init(
        transport: any HTTPTransport, store: any KeyValueStore, clock: any WallClock,
        entropy: any Entropy, vault: any Vault, sink: any MetricSink
    ) {
        self.transport = transport
        self.store = store
        self.clock = clock
        self.entropy = entropy
        self.vault = vault
        self.sink = sink
    }
}
