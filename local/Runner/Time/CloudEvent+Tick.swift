public import Domain

extension CloudEvent {
    /// The event of a daily tick.
    ///
    /// - Parameters:
    ///   - time: The moment the tick stands for.
    ///   - from: The first day to check; nil for the look-back.
    ///   - to: The last day to check; nil for the day before the tick.
    ///   - organizations: The organizations to check; empty for all.
    ///   - again: Whether to read the days again although they are final.
    /// - Returns: An event whose id is the same for the same tick.
    public static func tick(
        at time: Timestamp, from: Day? = nil, to: Day? = nil,
        organizations: [OrganizationLogin] = [], again: Bool = false
    ) -> CloudEvent {
        var data: [String: JSONValue] = ["time": .string(time.description)]
        data["from"] = from.map { .string($0.description) }
        data["to"] = to.map { .string($0.description) }
        let names = organizations.map(\.description).sorted()
        if !names.isEmpty { data["organizations"] = .array(names.map { .string($0) }) }
        if again { data["again"] = .bool(true) }
        let scope =
            [from?.description, to?.description, again ? "again" : nil].compactMap { $0 } + names
        return CloudEvent(
            id: (["tick", time.description] + scope).joined(separator: "/"), type: .tick,
            subject: time.description, time: time, data: .object(data))
    }
}
