/// An event as it travels between functions: CloudEvents 1.0 in its JSON form.
///
/// `source` and `id` name the event: the same pair is the same event, however often it arrives.
/// Source: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>.
public struct CloudEvent: Codable, Hashable, Sendable {
    /// The version of the specification, always `1.0`.
    public var specversion = "1.0"
    /// What this event is called; derived from the unit of work, so a repeated tick repeats it.
    public var id: String
    /// Who sent it.
    public var source: String
    /// What kind of event it is.
    public var type: EventType
    /// What it is about, for people and filters.
    public var subject: String?
    /// When the cause of the event happened.
    public var time: Timestamp
    /// Always `application/json`.
    public var datacontenttype = "application/json"
    /// What the receiving function takes.
    public var data: JSONValue
    /// Where the work stands in somebody's trace, as the extension "distributed tracing" has it.
    public var traceparent: String?

    /// Creates an event of this system.
    public init(
        id: String, source: String = "copilot-usage", type: EventType, subject: String? = nil,
        time: Timestamp, data: JSONValue
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.data = data
    }
}

/// The kinds of events that travel on the bus; each has one function that handles it.
public enum EventType: String, Codable, CaseIterable, Sendable {
    /// The daily tick is due.
    case tick = "copilot-usage.tick"
    /// One day of one organization is to be collected.
    case collect = "copilot-usage.collect"

    /// The name of the function that handles it.
    public var function: FunctionName {
        switch self {
        case .tick: .onDailyTick
        case .collect: .onCollectOrg
        }
    }
}

/// The functions, by the names that deployments use.
public enum FunctionName: String, Codable, CaseIterable, Sendable {
    /// Sends a person's browser to GitHub.
    case onAuthorize
    /// Takes the browser back from GitHub and keeps the authorization.
    case onAuthorizeCallback
    /// Finds what is to be collected.
    case onDailyTick
    /// Collects one day of one organization.
    case onCollectOrg
}
