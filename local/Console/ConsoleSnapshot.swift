public import Domain
public import Ports

/// What the page says, gathered before it is written: the page itself looks nothing up.
public struct ConsoleSnapshot: Sendable {
    /// The present.
    public var now: Timestamp
    /// When the daily tick is due next.
    public var nextTick: Timestamp?
    /// Who is connected; removed ones too.
    public var integrations: [Integration]
    /// What is known of each organization and day.
    public var manifests: [Manifest]
    /// What is queued and what is dead.
    public var events: [QueuedEvent]
    /// What could not be looked up, in words.
    public var problems: [String]

    /// Creates a snapshot.
    public init(
        now: Timestamp, nextTick: Timestamp? = nil, integrations: [Integration] = [],
        manifests: [Manifest] = [], events: [QueuedEvent] = [], problems: [String] = []
    ) {
        self.now = now
        self.nextTick = nextTick
        self.integrations = integrations
        self.manifests = manifests
        self.events = events
        self.problems = problems
    }
}
