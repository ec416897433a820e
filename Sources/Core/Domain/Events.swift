/// One day of one organization, to be collected: the data of a `copilot-usage.collect` event.
public struct CollectEvent: Codable, Hashable, Sendable {
    /// Whose authorization reaches the organization.
    public var integration: IntegrationID
    /// The App's installation on the organization.
    public var installation: InstallationID
    /// The organization, as it is called now.
    public var organization: OrganizationLogin
    /// The UTC day to collect.
    public var day: Day

    /// Creates an event.
    public init(
        integration: IntegrationID, installation: InstallationID, organization: OrganizationLogin,
        day: Day
    ) {
        self.integration = integration
        self.installation = installation
        self.organization = organization
        self.day = day
    }

    /// The event as it travels.
    ///
    /// - Parameters:
    ///   - organizationID: GitHub's number of the organization, which outlives a renaming.
    ///   - time: The tick's time; its day is part of the id, so each day's tick asks again.
    /// - Returns: An event whose id is the same for the same unit of work and the same tick day.
    public func cloudEvent(organizationID: Int64, time: Timestamp) -> CloudEvent {
        CloudEvent(
            id: "collect/\(integration)/\(organizationID)/\(day)/\(Day(containing: time))",
            type: .collect, subject: "\(organization)/\(day)", time: time,
            data: .object([
                "integration": .string(integration.description),
                "installation": .integer(installation.number),
                "organization": .string(organization.description),
                "day": .string(day.description),
            ]))
    }
}

/// A request on one of the two web routes: the event of both authorization functions.
public struct WebEvent: Codable, Hashable, Sendable {
    /// The method, in capitals.
    public var method: String
    /// The query's parameters, decoded; of a repeated one the first.
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

    /// Decodes an event; what is missing is empty, and header names are put into lower case.
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
