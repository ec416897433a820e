public import Domain
public import Ports

/// The data of the page, gathered before it is rendered.
public struct ConsoleSnapshot: Sendable {
    /// The present.
    public var now: Timestamp
    /// The time of the next daily tick.
    public var nextTick: Timestamp?
    /// All integrations, removed ones too.
    public var integrations: [Integration]
    /// The manifest of each organization and day.
    public var manifests: [Manifest]
    /// Pending events and dead letters.
    public var events: [QueuedEvent]
    /// Messages about data that could not be read.
    public var problems: [String]
    /// What is in the way of collecting, and what people should know.
    public var attention: [Problem]

    /// Creates a snapshot.
    public init(
        now: Timestamp, nextTick: Timestamp? = nil, integrations: [Integration] = [],
        manifests: [Manifest] = [], events: [QueuedEvent] = [], problems: [String] = [],
        attention: [Problem] = []
    ) {
        self.now = now
        self.nextTick = nextTick
        self.integrations = integrations
        self.manifests = manifests
        self.events = events
        self.problems = problems
        self.attention = attention
    }
}
