public import Domain

extension Conclusion {
    /// What an output says, as far as people and hosts act on it.
    public enum Summary: Hashable, Sendable {
        /// A day of an organization was collected.
        case day(Manifest)
        /// A tick planned what to collect.
        case tick(TickSummary)
        /// A browser is answered.
        case page(WebPage)
    }
}

/// What a tick planned, with the events counted instead of listed.
///
///     {"attention":[{"integration":"1001-copilot","reason":"…"}],"events":3,"organizations":1,
///      "skipped":[],"time":"2026-11-22T06:00:00Z"}
public struct TickSummary: Codable, Hashable, Sendable {
    /// The moment that the tick stands for.
    public var time: Timestamp
    /// The integrations that the tick was restricted to; nil for all.
    public var integrations: [String]?
    /// How many days are to be collected.
    public var events: Int
    /// How many organizations they belong to; nil in a summary of an older version.
    public var organizations: Int?
    /// The number of ticks that take the place of this one; nil unless it was split.
    public var ticks: Int?
    /// The organizations that are not collected, and why.
    public var skipped: [Notice]
    /// What a person should look at.
    public var attention: [Notice]

    /// Creates a summary.
    public init(
        time: Timestamp, integrations: [String]? = nil, events: Int, organizations: Int? = nil,
        ticks: Int? = nil, skipped: [Notice] = [], attention: [Notice] = []
    ) {
        self.time = time
        self.integrations = integrations
        self.events = events
        self.organizations = organizations
        self.ticks = ticks
        self.skipped = skipped
        self.attention = attention
    }
}

/// One sentence that a person can act on, and what it is about.
public struct Notice: Codable, Hashable, Sendable {
    /// The integration, if the notice is about one.
    public var integration: String?
    /// The organization, if the notice is about one.
    public var organization: String?
    /// The day, if the notice is about one.
    public var day: String?
    /// What is wrong, and what to do.
    public var reason: String

    /// Creates a notice.
    public init(
        integration: String? = nil, organization: String? = nil, day: String? = nil, reason: String
    ) {
        self.integration = integration
        self.organization = organization
        self.day = day
        self.reason = reason
    }
}

/// The response to a browser, as HTTP needs it.
public struct WebPage: Hashable, Sendable {
    /// The status code.
    public var status: Int
    /// The header fields by lower-case name.
    public var headers: [String: String]
    /// The page; empty for a redirect.
    public var body: String
    /// The integration that was connected, if one was.
    public var integration: ConnectedIntegration?

    /// Creates a response.
    public init(
        status: Int, headers: [String: String] = [:], body: String = "",
        integration: ConnectedIntegration? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.integration = integration
    }
}

/// An integration that an authorization connected.
public struct ConnectedIntegration: Codable, Hashable, Sendable {
    /// The integration's id, such as `1001-copilot`.
    public var id: String
    /// The name that the person gave it.
    public var name: String
    /// The organizations that are collected from now on, by login.
    public var organizations: [String]

    /// Creates a description.
    public init(id: String, name: String, organizations: [String]) {
        self.id = id
        self.name = name
        self.organizations = organizations
    }
}
