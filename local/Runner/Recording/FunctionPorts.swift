public import Ports

/// The ports through which a function learns of the world and acts on it.
///
/// What is missing here, signing and hashing, is a pure function of its input.
public struct FunctionPorts: Sendable {
    /// Requests to GitHub.
    public var transport: any HTTPTransport
    /// What is remembered.
    public var store: any KeyValueStore
    /// Real time.
    public var clock: any WallClock
    /// Unpredictable bytes.
    public var entropy: any Entropy
    /// What seals secrets.
    public var vault: any Vault
    /// Where samples go.
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
