import Domain

/// The names and e-mail addresses of an organization's members, for the labels of its users.
///
/// 100,000 members take about 15 MB: their texts share one array, and two indexes find a member by
/// number and by login without case.
public struct MemberTable: Sendable {
    private struct Entry: Sendable {
        var login: Range<Int32>
        var name: Range<Int32>
        var email: Range<Int32>
    }

    private var text: [UInt8] = []
    private var entries: [Entry] = []
    private var byID: [Int64: Int32] = [:]
    private var byLogin: [UInt64: Int32] = [:]

    /// Creates an empty table.
    public init() {}

    /// The number of members.
    public var count: Int { entries.count }

    /// Adds a member; of two with the same number or login the first is found.
    ///
    /// - Parameters:
    ///   - id: GitHub's number of the user, if known.
    ///   - email: The organization-verified address, if there is one.
    public mutating func add(id: Int64?, login: String, name: String?, email: String?) {
        let place = Int32(entries.count)
        entries.append(
            Entry(login: keep(login), name: keep(name ?? ""), email: keep(email ?? "")))
        if let id, byID[id] == nil { byID[id] = place }
        let key = Fingerprint(foldingCase: login.utf8.span).low
        if byLogin[key] == nil { byLogin[key] = place }
    }

    /// Finds a member by number, or else by login without case.
    func place(id: Int64?, login: borrowing Span<UInt8>) -> Int? {
        if let id, let place = byID[id] { return Int(place) }
        return byLogin[Fingerprint(foldingCase: login).low].map(Int.init)
    }

    /// Adds a member's address or name to a block, if it is known.
    func addLabel(_ label: Label, of place: Int, to batch: inout SampleBatch) {
        let entry = entries[place]
        let range = label == .userEmail ? entry.email : entry.name
        batch.addLabel(
            label, text.span.extracting(Int(range.lowerBound)..<Int(range.upperBound)))
    }

    private mutating func keep(_ value: String) -> Range<Int32> {
        let start = Int32(text.count)
        text.append(contentsOf: value.utf8)
        return start..<Int32(text.count)
    }
}
