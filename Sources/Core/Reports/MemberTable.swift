import Domain

/// The members of an organization: names and addresses for the labels of its users.
///
/// It holds a hundred thousand people in some fifteen megabytes: their texts stand in one array,
/// and two indexes find a person by number and by login without case.
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

    /// The count of people in it.
    public var count: Int { entries.count }

    /// Adds a person; of two with the same number or login the first is found.
    ///
    /// - Parameters:
    ///   - id: GitHub's number of the person, if it said.
    ///   - login: The login.
    ///   - name: The display name, if there is one.
    ///   - email: The organization-verified address, if there is one.
    public mutating func add(id: Int64?, login: String, name: String?, email: String?) {
        let place = Int32(entries.count)
        entries.append(
            Entry(login: keep(login), name: keep(name ?? ""), email: keep(email ?? "")))
        if let id, byID[id] == nil { byID[id] = place }
        let key = Fingerprint(foldingCase: login.utf8.span).low
        if byLogin[key] == nil { byLogin[key] = place }
    }

    /// Finds a person by number, else by login without case.
    func place(id: Int64?, login: borrowing Span<UInt8>) -> Int? {
        if let id, let place = byID[id] { return Int(place) }
        return byLogin[Fingerprint(foldingCase: login).low].map(Int.init)
    }

    /// Adds a person's address or name to a block; one that is not known adds nothing.
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
