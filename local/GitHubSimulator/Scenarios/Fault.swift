public import Domain

/// Something that goes wrong: with which calls, how often, and how.
public struct Fault: Sendable {
    /// How often.
    public enum Occurrence: Hashable, Sendable {
        /// Always.
        case always
        /// The first so many of the calls.
        case first(Int)
        /// The first so many calls of each address, its query left aside.
        case firstOfEach(Int)
        /// Every so manieth of the calls.
        case every(Int)
    }

    /// How.
    public enum Effect: Sendable {
        /// This is answered instead.
        case answers(Answer)
        /// This is added to the end of what is answered.
        case appends([UInt8])
        /// The connection breaks after so many bytes of the body.
        case breaksOff(after: Int)
        /// Nothing is said after so many bytes of the body, nil for not even a head; the connection
        /// stays open.
        case fallsSilent(after: Int?)
        /// A digit of a file is another one than its checksum was made of.
        case damages
        /// What is answered with 200 is changed.
        case rewrites(@Sendable (inout Answer) -> Void)
    }

    /// What is asked for; empty for all that GitHub's API serves.
    public var operations: Set<Operation>
    /// Whose; nil for all, and for calls that name no organization.
    public var organization: String?
    /// Of which report, for downloads; nil for all.
    public var source: Source?
    /// On which days; nil for all.
    public var days: ClosedRange<Day>?
    /// How often.
    public var occurrence: Occurrence
    /// How it goes wrong.
    public var effect: Effect

    /// Creates a fault.
    public init(
        on operations: Set<Operation> = [], organization: String? = nil, source: Source? = nil,
        during days: ClosedRange<Day>? = nil, _ occurrence: Occurrence, _ effect: Effect
    ) {
        self.operations = operations
        self.organization = organization
        self.source = source
        self.days = days
        self.occurrence = occurrence
        self.effect = effect
    }

    func covers(_ operation: Operation, _ call: Call) -> Bool {
        guard operations.isEmpty ? operation.isAPI : operations.contains(operation),
            days?.contains(Day(containing: call.moment)) ?? true
        else { return false }
        if let source, ReportPart(path: call.path)?.source != source { return false }
        guard let organization else { return true }
        return call.parameters["org"]?.lowercased() == organization.lowercased()
    }

    /// Whether the fault strikes the call that is number `ordinal`, from 1, of those it covers.
    func strikes(_ ordinal: Int) -> Bool {
        switch occurrence {
        case .always: true
        case .first(let count), .firstOfEach(let count): ordinal <= count
        case .every(let period): ordinal % period == 0
        }
    }
}
