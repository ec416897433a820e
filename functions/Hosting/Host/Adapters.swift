public import Ports

/// What fulfils the ports; whoever runs functions may put something else into any place.
public struct Adapters: Sendable {
    /// Requests into the world.
    public var transport: any HTTPTransport
    /// State.
    public var store: any KeyValueStore
    /// Samples.
    public var sink: any MetricSink
    /// Where the events that follow go; an ``EventQueue`` where they can be received as well.
    public var bus: (any EventPublisher)?
    /// Real time.
    public var clock: any WallClock
    /// Elapsed time.
    public var time: any Clock<Duration>
    /// Unpredictable bytes.
    public var entropy: any Entropy
    /// One-way functions.
    public var hashing: any Hashing
    /// What seals secrets in the store.
    public var vault: any Vault
    /// The App's private key.
    public var signer: any AppSigner

    /// Puts adapters together.
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
