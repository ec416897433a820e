public import Domain

extension CloudEvent {
    /// The event of a daily tick.
    ///
    /// - Parameters:
    ///   - time: The moment the tick stands for.
    ///   - from: The first day to check; nil for the look-back.
    ///   - to: The last day to check; nil for the day before the tick.
    ///   - organizations: The organizations to check; empty for all.
    /// - Returns: An event whose id is the same for the same tick.
    public static func tick(
        at time: Timestamp, from: Day? = nil, to: Day? = nil,
        organizations: [OrganizationLogin] = []
    ) -> CloudEvent {
        var data: [String: JSONValue] = ["time": .string(time.description)]
        data["from"] = from.map { .string($0.description) }
        data["to"] = to.map { .string($0.description) }
        let names = organizations.map(\.description).sorted()
        if !names.isEmpty { data["organizations"] = .array(names.map { .string($0) }) }
        let scope = [from?.description, to?.description].compactMap { $0 } + names
        return CloudEvent(
            id: (["tick", time.description] + scope).joined(separator: "/"), type: .tick,
            subject: time.description, time: time, data: .object(data))
    }
}
