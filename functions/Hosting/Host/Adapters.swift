public import Ports

/// The implementations of the ports; a caller may replace any of them.
public struct Adapters: Sendable {
    /// The transport for outgoing requests.
    public var transport: any HTTPTransport
    /// The store for state.
    public var store: any KeyValueStore
    /// The destination of samples.
    public var sink: any MetricSink
    /// The destination of follow-up events; an ``EventQueue`` if it also delivers events.
    public var bus: (any EventPublisher)?
    /// The clock for real time.
    public var clock: any WallClock
    /// The clock for elapsed time.
    public var time: any Clock<Duration>
    /// The source of unpredictable bytes.
    public var entropy: any Entropy
    /// The one-way functions.
    public var hashing: any Hashing
    /// The vault that seals secrets in the store.
    public var vault: any Vault
    /// The signer with the App's private key.
    public var signer: any AppSigner

    /// Creates a set of adapters.
    public init(
        transport: any HTTPTransport, store: any KeyValueStore, sink: any MetricSink,
        bus: (any EventPublisher)?, clock: any WallClock, time: any Clock<Duration>,
        entropy: any Entropy, hashing: any Hashing, vault: any Vault, signer: any AppSigner
    ) {
        self.transport = transport
        self.store = store
        self.sink = sink
        self.bus = bus
        self.clock = clock
        self.time = time
        self.entropy = entropy
        self.hashing = hashing
        self.vault = vault
        self.signer = signer
    }
}
