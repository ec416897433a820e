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

    /// So many entries of a list are held from piece to piece, to add others with the same labels.
    static let rowCountMax = 4_096

    private let plan: Plan
    private let dayText: [UInt8]
    private let organization: [UInt8]
    private let identity: Identity
    private let members: MemberTable
    private let tailLabels: [Label]

    private var record: Gathered
    private var element: Gathered
    // Of the record at hand: its labels, whether it counts, and whether more of it is to come.
    private var tail = SampleBatch.BlockID.empty
    private var isUsed = false
    private var isContinued = false
    // One row for each entry of the list at hand: its block, and where its values stand.
    private var rows: [(block: SampleBatch.BlockID, present: UInt64)] = []
    private var rowValues: [Double] = []
    private var level = 0
    // The keys of the entries of that list that were given out already, because it has so many.
    private var passed: Set<UInt64> = []
    private var blocks = BlockTable()
    // Counts the lists, so that an entry of the one at hand can be told from one of another.
    private var list = 0

    /// What was met so far.
    private(set) var findings = Findings()

    /// Creates a mapper.
    ///
    /// - Parameters:
    ///   - scope: What the samples are of.
    ///   - identity: Which labels tell who a user is.
    ///   - members: Names and addresses; only read for `full` identity.
    init(scope: SampleScope, identity: Identity, members: MemberTable) {
        let subject: [Label] =
            switch scope.source {
            case .users: [.userID, .userLogin]
            case .userTeams: [.teamID, .teamSlug, .userID, .userLogin]
            case .organization, .billing, .members: []
            }
        let decoration: [Label] =
            scope.source == .users && identity.mode == .full ? [.userEmail, .userName] : []
        plan = Plan(source: scope.source, subject: subject)
        record = Gathered(plan)
        element = Gathered(plan)
        tailLabels = ([.organization] + subject + decoration).sorted()
        self.identity = identity
        self.members = members
        dayText = Array(scope.day.description.utf8)
        organization = Array(scope.organization.description.utf8)
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
        for list in record.lists { mapList(tape, list, into: &batch) }
        if !isContinued {
            endList(into: &batch)
        } else if rows.count >= Self.rowCountMax {
            passRows(to: &batch)
        }
        return mapped
    }

    /// Finds out whose the record at hand is.
    private mutating func begin(_ tape: borrowing Tape, _ batch: inout SampleBatch) -> Mapped {
        isUsed = false
        guard isOfTheDay(tape) else { return .otherDay }
        guard let key = key(tape) else { return .nameless }
        isUsed = true
        let member = member(tape)
        for label in tailLabels { addLabel(label, tape, member, to: &batch) }
        tail = batch.endBlock()
        for id in plan.constants { batch.add(id, 1, head: .empty, tail: tail) }
        return .added(key: key)
    }

    /// Empties a batch of all that is not needed for what is to come.
    ///
    /// - Returns: Whether the blocks were forgotten too.
    mutating func clear(_ batch: inout SampleBatch) -> Bool {
        guard rows.isEmpty else {
            batch.removeSamples()
            return false
        }
        if isContinued, isUsed {
            tail = batch.removeAll(but: tail)
        } else {
            batch.removeAll()
        }
        blocks.removeAll()
        return true
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

    // MARK: Who

    /// What makes two records the same: the user, the user and team, or being the only one; nil
    /// for a record that must name a user and does not.
    private func key(_ tape: borrowing Tape) -> UInt64? {
        var key = Fingerprint.zero
        for (slot, label) in plan.levels[0].labels.enumerated() {
            let part = withText(record.labels[slot], tape) { Fingerprint(foldingCase: $0) }
            if label == .userLogin {
                guard let part else { return nil }
                // The number tells users apart when there is one; logins change.
                if !value(of: .userID).isNone { continue }
                key = key.mixed(with: part)
            } else {
                key = key.mixed(with: part ?? .zero)
            }
        }
        return key.low
    }

    private func member(_ tape: borrowing Tape) -> Int? {
        guard tailLabels.contains(.userEmail) else { return nil }
        let id = number(of: .userID, tape)
        return withText(value(of: .userLogin), tape) { members.place(id: id, login: $0) } ?? nil
    }

    private func number(of label: Label, _ tape: borrowing Tape) -> Int64? {
        switch value(of: label) {
        case .integer(let number): number
        case .text(let place): tape.withString(at: place) { Self.number($0) }
        case .none: nil
        }
    }

    private static func number(_ digits: borrowing Span<UInt8>) -> Int64? {
        guard 1...18 ~= digits.count else { return nil }
        var number: Int64 = 0
        for index in digits.indices {
            guard 48...57 ~= digits[index] else { return nil }
            number = number * 10 + Int64(digits[index] - 48)
        }
        return number
    }

    private func value(of label: Label) -> LabelValue {
        guard let slot = plan.levels[0].labels.firstIndex(of: label) else { return .none }
        return record.labels[slot]
    }

    @discardableResult
    private func withText<Result>(
        _ value: LabelValue, _ tape: borrowing Tape, _ body: (borrowing Span<UInt8>) -> Result
    ) -> Result? {
        switch value {
        case .none: return nil
        case .text(let place):
            return tape.withString(at: place) { text in
                1...LongDocument.labelByteCountMax ~= text.count ? body(text) : nil
            }
        case .integer(let number):
            let digits = String(number)
            return body(digits.utf8.span)
        }
    }

    // MARK: Writing

    private func addLabel(
        _ label: Label, _ tape: borrowing Tape, _ member: Int?, to batch: inout SampleBatch
    ) {
        switch label {
        case .organization:
            batch.addLabel(label, organization.span)
        case .userEmail, .userName:
            if let member { members.addLabel(label, of: member, to: &batch) }
        case .userID, .userLogin:
            if identity.mode == .pseudonym {
                addPseudonym(label, tape, to: &batch)
            } else {
                addText(label, value(of: label), tape, to: &batch)
            }
        default:
            addText(label, value(of: label), tape, to: &batch)
        }
    }

    private func addText(
        _ label: Label, _ value: LabelValue, _ tape: borrowing Tape, to batch: inout SampleBatch
    ) {
        withText(value, tape) { text in batch.addLabel(label, text) }
    }

    // The same person has the same pseudonym in users and teams: by number, else by login. The
    // label `user_id` stays absent where GitHub reports no number.
    private func addPseudonym(
        _ label: Label, _ tape: borrowing Tape, to batch: inout SampleBatch
    ) {
        let id = withText(value(of: .userID), tape) { String(copying: $0) }
        if label == .userID, id == nil { return }
        let login = withText(value(of: .userLogin), tape) { String(copying: $0).lowercased() }
        batch.addLabel(label, identity.pseudonym(id.map { "id:\($0)" } ?? "login:\(login ?? "")"))
    }

    /// Maps a breakdown: entries with the same labels are added up, because GitHub's capped
    /// buckets (`others`) may stand there more than once.
    private mutating func mapList(
        _ tape: borrowing Tape, _ found: Gathered.List, into batch: inout SampleBatch
    ) {
        // A list that goes on has the rows that it had before.
        if found.again == 0 {
            endList(into: &batch)
            list += 1
            level = found.level
        }
        let node = plan.levels[level].node
        let width = plan.levels[level].metrics.count
        var entry = found.place + 1
        // An entry that goes on was counted when it began.
        if found.again > 1 { entry = tape.after(entry) }
        while !tape.isEnd(entry) {
            if tape.kind(at: entry) == .object {
                element.reset()
                element.read(tape, at: entry, node: node, again: 0, plan, &findings)
                addRow(tape, level, width, to: &batch)
            } else {
                findings.wrongTypes += 1
            }
            entry = tape.after(entry)
        }
    }

    /// Adds the samples of the list at hand, if there is one.
    private mutating func endList(into batch: inout SampleBatch) {
        addRows(to: &batch)
        if !passed.isEmpty { passed = [] }
    }

    private mutating func addRows(to batch: inout SampleBatch) {
        guard !rows.isEmpty else { return }
        let metrics = plan.levels[level].metrics
        let width = metrics.count
        let tail = plan.levels[level].isSplit ? tail : .empty
        var start = 0
        for row in rows {
            batch.add(
                metrics.span, rowValues.span.extracting(start..<start + width),
                present: row.present, head: row.block, tail: tail)
            start += width
        }
        rows.removeAll(keepingCapacity: true)
        rowValues.removeAll(keepingCapacity: true)
    }

    /// Adds the samples of the list at hand so far, because it is too long to be held; then nothing
    /// holds on to the batch's blocks any more.
    private mutating func passRows(to batch: inout SampleBatch) {
        for entry in blocks.entries where entry.list == list { passed.insert(entry.key) }
        addRows(to: &batch)
        list += 1
    }

    private mutating func addRow(
        _ tape: borrowing Tape, _ level: Int, _ width: Int, to batch: inout SampleBatch
    ) {
        let key = elementKey(tape, level)
        guard passed.isEmpty || !passed.contains(key) else {
            findings.lateEntries += 1
            return
        }
        let place = blocks.place(of: key) ?? blocks.add(key, addBlock(tape, level, to: &batch))
        let entry = blocks.entries[place]
        if entry.list == list {
            findings.repeatedEntries += 1
            for slot in 0..<width where element.has(slot) {
                let isSecond = rows[entry.row].present & (1 << UInt64(slot)) != 0
                let sum = isSecond ? rowValues[entry.row * width + slot] : 0
                rowValues[entry.row * width + slot] = sum + element.value(slot)
            }
            rows[entry.row].present |= element.present
        } else {
            blocks.note(place, list: list, row: rows.count)
            rows.append((entry.block, element.present))
            element.appendValues(width, to: &rowValues)
        }
    }

    /// Stands for the labels of the entry at hand, in their order, and for its level.
    private func elementKey(_ tape: borrowing Tape, _ level: Int) -> UInt64 {
        var key = Fingerprint(low: UInt64(level), high: 0)
        for slot in plan.levels[level].labels.indices {
            key = key.mixed(with: withText(element.labels[slot], tape) { Fingerprint($0) } ?? .zero)
        }
        return key.low
    }

    private func addBlock(
        _ tape: borrowing Tape, _ level: Int, to batch: inout SampleBatch
    ) -> SampleBatch.BlockID {
        // Labels that sort around the organization's make one block with it.
        let own = plan.levels[level].labels
        for label in plan.levels[level].isSplit ? own : (own + [.organization]).sorted() {
            if label == .organization {
                batch.addLabel(label, organization.span)
            } else if let slot = own.firstIndex(of: label) {
                addText(label, element.labels[slot], tape, to: &batch)
            }
        }
        return batch.endBlock()
    }
}

extension String {
    /// Makes a string of UTF-8 bytes; bytes that are not UTF-8 are replaced.
    init(copying bytes: borrowing Span<UInt8>) {
        // The pointer is lent for the copy.
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
