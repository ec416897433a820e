import Domain
import JSONTape

/// Turns the records of one source into samples: a pure function of record, members and settings,
/// whose working memory is kept between records.
struct RecordMapper: ~Copyable {
    /// What became of a record.
    enum Mapped {
        /// Its samples were added. Records about the same subject have the same key.
        case added(key: UInt64)
        /// It is of another day and was skipped.
        case otherDay
        /// It does not name its user and was skipped.
        case nameless
    }

    private let plan: MappingPlan
    private let dayText: [UInt8]
    private let subject: Subject
    private var record: RecordBuffer
    private var breakdown: Breakdown

    /// What was found so far.
    private(set) var findings = Findings()

    /// Creates a mapper.
    ///
    /// - Parameters:
    ///   - scope: The organization, day and source of the samples.
    ///   - identity: The labels that identify a user.
    ///   - members: Names and addresses; only used for `full` identity.
    init(scope: SampleScope, identity: Identity, members: MemberTable) {
        subject = Subject(scope: scope, identity: identity, members: members)
        plan = MappingPlan.of(scope.source, subject: subject.slots)
        dayText = Array(scope.day.description.utf8)
        record = RecordBuffer(plan)
        breakdown = Breakdown(plan, organization: Array(scope.organization.description.utf8))
    }

    /// Maps the record at `place`, an object, to samples in `batch`.
    mutating func map(
        _ tape: borrowing Tape, at place: Int, into batch: inout SampleBatch
    ) -> Mapped {
        record.reset()
        record.read(tape, at: place, node: 0, plan, &findings)
        guard isOfTheDay(tape) else { return .otherDay }
        guard let key = subject.key(of: record, tape) else { return .nameless }
        let tail = subject.addBlock(of: record, tape, to: &batch)
        for id in plan.constants { batch.add(id, 1, head: .empty, tail: tail) }
        record.addSamples(of: plan.levels[0].metrics, head: .empty, tail: tail, to: &batch)
        for list in record.lists {
            breakdown.addSamples(of: list, tape, tail: tail, to: &batch, &findings)
        }
        return .added(key: key)
    }

    /// Forgets the blocks of a batch that was emptied.
    mutating func clearBlocks() { breakdown.clearBlocks() }

    // A record without a day is taken for the requested day.
    private func isOfTheDay(_ tape: borrowing Tape) -> Bool {
        guard let place = record.day, tape.kind(at: place) == .string else { return true }
        return tape.withString(at: place) { text in isEqual(text, dayText.span) }
    }

    private func isEqual(_ lhs: borrowing Span<UInt8>, _ rhs: borrowing Span<UInt8>) -> Bool {
        guard lhs.count == rhs.count else { return false }
        for index in lhs.indices where lhs[index] != rhs[index] { return false }
        return true
    }
}
