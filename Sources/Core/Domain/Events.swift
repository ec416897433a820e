/// The input of `onCollectOrg`: one day of one organization to collect.
///
/// It is the data of a `copilot-usage.collect` event:
///
///     {
///       "integration": "1001-copilot", "installation": 555,
///       "organization": "acme", "day": "2026-11-21"
///     }
public struct CollectEvent: Codable, Hashable, Sendable {
    /// The integration whose authorization gives access to the organization.
    public var integration: IntegrationID
    /// The GitHub App's installation on the organization.
    public var installation: InstallationID
    /// The organization's current login.
    public var organization: OrganizationLogin
    /// The UTC day to collect.
    public var day: Day
    /// Whether to read and send the day although it is final, or the same as before; false if missing.
    public var again: Bool

    /// Creates an event.
    public init(
        integration: IntegrationID, installation: InstallationID, organization: OrganizationLogin,
        day: Day, again: Bool = false
    ) {
        self.integration = integration
        self.installation = installation
        self.organization = organization
        self.day = day
        self.again = again
    }

    /// Decodes an event; without `again`, it is an ordinary one.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        integration = try values.decode(IntegrationID.self, forKey: .integration)
        installation = try values.decode(InstallationID.self, forKey: .installation)
        organization = try values.decode(OrganizationLogin.self, forKey: .organization)
        day = try values.decode(Day.self, forKey: .day)
        again = try values.decodeIfPresent(Bool.self, forKey: .again) ?? false
    }

    /// Wraps the input in a CloudEvent.
    ///
    /// - Parameters:
    ///   - organizationID: GitHub's number of the organization, which does not change when the
    ///     organization is renamed.
    ///   - time: The time of the tick. Its day is part of the id, so each day's tick creates a new
    ///     event; of an event to collect again, the whole time is.
    /// - Returns: An event whose id is the same for the same work and the same day of the tick.
    public func cloudEvent(organizationID: Int64, time: Timestamp) -> CloudEvent {
        var data: [String: JSONValue] = [
            "integration": .string(integration.description),
            "installation": .integer(installation.number),
            "organization": .string(organization.description),
            "day": .string(day.description),
        ]
        var id = "collect/\(integration)/\(organizationID)/\(day)/\(Day(containing: time))"
        if again {
            data["again"] = .bool(true)
            // Neither the day's ordinary event nor an earlier request may take the place of this one.
            id += "/again/\(time)"
        }
        return CloudEvent(
            id: id, type: .collect, subject: "\(organization)/\(day)", time: time,
            data: .object(data))
    }
}

/// The input of both authorization functions: a browser's request.
///
///     {"method": "GET", "query": {"name": "copilot"}, "headers": {"host": "usage.example"}}
public struct WebEvent: Codable, Hashable, Sendable {
    /// The method, in capitals.
    public var method: String
    /// The decoded query parameters; the first value of a repeated one.
    public var query: [String: String]
    /// The header fields by lower-case name.
    public var headers: [String: String]

    /// Creates an event.
    public init(
        method: String = "GET", query: [String: String] = [:], headers: [String: String] = [:]
    ) {
        self.method = method
        self.query = query
        self.headers = headers
    }

    /// The event as JSON, which is what the functions take.
    public var json: JSONValue {
        .object([
            "method": .string(method), "query": .object(query.mapValues(JSONValue.string)),
            "headers": .object(headers.mapValues(JSONValue.string)),
        ])
    }

    /// Decodes an event.
    ///
    /// Missing members are empty, and header names become lower-case.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        method = try container.decodeIfPresent(String.self, forKey: .method) ?? "GET"
        let query = try container.decodeIfPresent([String: String?].self, forKey: .query) ?? [:]
        self.query = query.compactMapValues { $0 }
        let fields = try container.decodeIfPresent([String: String?].self, forKey: .headers) ?? [:]
        headers = Dictionary(
            fields.compactMapValues { $0 }.map { ($0.key.lowercased(), $0.value) },
            uniquingKeysWith: { first, _ in first })
    }
}
