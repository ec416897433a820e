import Domain

/// Turns the records of one source into samples: a pure function of record, members and settings,
/// with its working memory kept between records.
struct RecordMapper: ~Copyable {
    /// What became of a record.
    enum Mapped {
        /// Its samples were added. The key is the same for records that stand for the same thing.
        case added(key: UInt64)
        /// It went on, and its samples were added.
        case more
        /// It went on, and it is one that was passed over.
        case nothing
        /// It is of another day and was passed over.
        case otherDay
        /// It does not say who it is about.
        case nameless
    }

    private let plan: Plan
    private let dayText: [UInt8]
    private let subject: Subject

    private var record: Gathered
    private var breakdown: Breakdown
    // Of the record at hand: its labels, whether it counts, and whether more of it is to come.
    private var tail = SampleBatch.BlockID.empty
    private var isUsed = false
    private var isContinued = false

    /// What was met so far.
    private(set) var findings = Findings()

    /// Creates a mapper.
    ///
    /// - Parameters:
    ///   - scope: What the samples are of.
    ///   - identity: Which labels tell who a user is.
    ///   - members: Names and addresses; only read for `full` identity.
    init(scope: SampleScope, identity: Identity, members: MemberTable) {
        subject = Subject(scope: scope, identity: identity, members: members)
        plan = Plan(source: scope.source, subject: subject.slots)
        dayText = Array(scope.day.description.utf8)
        record = Gathered(plan)
        breakdown = Breakdown(plan, organization: Array(scope.organization.description.utf8))
    }

    /// The fields that say whose a record is.
    var recordIdentity: [[UInt8]] { plan.identity }

    /// Maps the record at `place`, an object, or a piece of it.
    ///
    /// - Parameters:
    ///   - tape: The document.
    ///   - place: Where the record stands.
    ///   - depth: Nil for a record, or its first piece; else the piece begins in the middle of so
    ///     many of the record's lists and objects.
    ///   - isContinued: Whether another piece of the record is to come.
    ///   - batch: Where its samples are added.
    /// - Returns: What became of it.
    mutating func map(
        _ tape: borrowing Tape, at place: Int, depthInRecord depth: Int?, isContinued: Bool,
        into batch: inout SampleBatch
    ) -> Mapped {
        self.isContinued = isContinued
        record.reset()
        record.read(tape, at: place, node: 0, again: depth ?? 0, plan, &findings)
        let mapped = depth == nil ? begin(tape, &batch) : isUsed ? .more : .nothing
        guard isUsed else { return mapped }
        record.addSamples(of: plan.levels[0].metrics, head: .empty, tail: tail, to: &batch)
        for list in record.lists {
            breakdown.read(list, tape, tail: tail, into: &batch, &findings)
        }
        if isContinued {
            breakdown.pass(tail: tail, into: &batch)
        } else {
            breakdown.end(tail: tail, into: &batch)
        }
        return mapped
    }

    /// Finds out whose the record at hand is.
    private mutating func begin(_ tape: borrowing Tape, _ batch: inout SampleBatch) -> Mapped {
        isUsed = false
        guard isOfTheDay(tape) else { return .otherDay }
        guard let key = subject.key(of: record, tape) else { return .nameless }
        isUsed = true
        tail = subject.addBlock(of: record, tape, to: &batch)
        for id in plan.constants { batch.add(id, 1, head: .empty, tail: tail) }
        return .added(key: key)
    }

    // A record that names no day is taken for the day that was asked for.
    private func isOfTheDay(_ tape: borrowing Tape) -> Bool {
        guard let place = record.day, tape.kind(at: place) == .string else { return true }
        return tape.withString(at: place) { text in isEqual(text, dayText.span) }
    }

    private func isEqual(_ lhs: borrowing Span<UInt8>, _ rhs: borrowing Span<UInt8>) -> Bool {
        guard lhs.count == rhs.count else { return false }
        for index in lhs.indices where lhs[index] != rhs[index] { return false }
        return true
    }

    /// Empties a batch of all that is not needed for what is to come.
    ///
    /// - Returns: Whether the blocks were forgotten too.
    mutating func clear(_ batch: inout SampleBatch) -> Bool {
        guard !breakdown.isHeld else {
            batch.removeSamples()
            return false
        }
        if isContinued, isUsed {
            tail = batch.removeAll(but: tail)
        } else {
            batch.removeAll()
        }
        breakdown.clearBlocks()
        return true
    }
}
