extension CloudEvent {
    /// The event of a daily tick.
    ///
    /// - Parameters:
    ///   - time: The moment the tick stands for.
    ///   - from: The first day to check; nil for the look-back.
    ///   - to: The last day to check; nil for the day before the tick.
    ///   - organizations: The organizations to check; empty for all.
    ///   - integrations: The integrations to check; empty for all.
    ///   - again: Whether to read the days again although they are final.
    /// - Returns: An event whose id is the same for the same tick.
    public static func tick(
        at time: Timestamp, from: Day? = nil, to: Day? = nil,
        organizations: [OrganizationLogin] = [], integrations: [IntegrationID] = [],
        again: Bool = false
    ) -> CloudEvent {
        var data: [String: JSONValue] = ["time": .string(time.description)]
        data["from"] = from.map { .string($0.description) }
        data["to"] = to.map { .string($0.description) }
        if again { data["again"] = .bool(true) }
        var scope = [from?.description, to?.description, again ? "again" : nil].compactMap(\.self)
        for (field, names) in [
            ("organizations", organizations.map(\.description)),
            ("integrations", integrations.map(\.description)),
        ] where !names.isEmpty {
            let sorted = names.sorted()
            data[field] = .array(sorted.map { .string($0) })
            scope += sorted
        }
        return CloudEvent(
            id: (["tick", time.description] + scope).joined(separator: "/"), type: .tick,
            subject: time.description, time: time, data: .object(data))
    }

    /// The integrations that a tick names, sorted; empty for all.
    public var namedIntegrations: [String] {
        guard case .array(let names)? = data["integrations"] else { return [] }
        return names.compactMap(\.text)
    }
}
