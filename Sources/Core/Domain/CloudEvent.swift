/// An event between functions: CloudEvents 1.0 in its JSON format.
///
/// `source` and `id` identify an event: two events with the same pair are the same event, however
/// often it arrives.
///
///     {
///       "specversion": "1.0",
///       "id": "collect/1001-copilot/42/2026-11-21/2026-11-22",
///       "source": "copilot-usage",
///       "type": "copilot-usage.collect",
///       "subject": "acme/2026-11-21",
///       "time": "2026-11-22T06:00:00Z",
///       "datacontenttype": "application/json",
///       "data": {
///         "day": "2026-11-21", "installation": 555, "integration": "1001-copilot",
///         "organization": "acme"
///       }
///     }
///
/// Source: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>.
public struct CloudEvent: Codable, Hashable, Sendable {
    /// The version of the specification; always `1.0`.
    public var specversion = "1.0"
    /// The id, derived from the unit of work: a repeated tick creates the same ids again.
    public var id: String
    /// The sender; `copilot-usage` for events of this system.
    public var source: String
    /// The kind of event, which decides the function that handles it.
    public var type: EventType
    /// The subject, for people and filters, such as `acme/2026-11-21`.
    public var subject: String?
    /// The time of the tick that caused the event.
    public var time: Timestamp
    /// Always `application/json`.
    public var datacontenttype = "application/json"
    /// The input of the function, such as a ``CollectEvent``.
    public var data: JSONValue
    /// The position in a trace, of the CloudEvents extension "distributed tracing".
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

/// The kinds of events on the bus.
///
/// One function handles each kind.
public enum EventType: String, Codable, CaseIterable, Sendable {
    /// The daily tick is due.
    case tick = "copilot-usage.tick"
    /// One day of one organization is due for collection.
    case collect = "copilot-usage.collect"

    /// The function that handles events of this kind.
    public var function: FunctionName {
        switch self {
        case .tick: .onDailyTick
        case .collect: .onCollectOrg
        }
    }
}

/// The functions, by their names in deployments.
public enum FunctionName: String, Codable, CaseIterable, Sendable {
    /// Sends a person's browser to GitHub.
    case onAuthorize
    /// Completes the authorization when the browser returns from GitHub.
    case onAuthorizeCallback
    /// Finds the days to collect and publishes one event per organization and day.
    case onDailyTick
    /// Collects one day of one organization.
    case onCollectOrg
}
