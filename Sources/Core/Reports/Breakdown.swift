import Domain

/// The breakdown at hand: the entries of a list in a record, which are rows until it ends.
///
/// Entries with the same labels are added up, because GitHub's capped buckets (`others`) may stand
/// there more than once. Of a list that is too long to be held the rows are given out before it ends;
/// what repeats one of those comes too late, and is left out.
struct Breakdown: ~Copyable {
    /// So many rows are held from piece to piece of a document.
    ///
    /// With twice as many, four files of long lists that are read at once take a dozen MiB more.
    static let rowCountMax = 2_048

    private let plan: Plan
    private let organization: [UInt8]
    private var level = 0
    private var element: Gathered
    // One row for each set of labels: its block, and which of its values are there.
    private var rows: [(block: SampleBatch.BlockID, present: UInt64)] = []
    private var rowValues: [Double] = []
    private var blocks = BlockTable()
    // Counts the lists, so that a row of the one at hand can be told from one of another.
    private var list = 0
    // The keys of the rows that were given out before the list's end.
    private var passed: Set<UInt64> = []

    init(_ plan: Plan, organization: [UInt8]) {
        self.plan = plan
        self.organization = organization
        element = Gathered(plan)
    }

    /// Whether there are rows, which hold on to the batch's blocks.
    var isHeld: Bool { !rows.isEmpty }

    /// Forgets the blocks of a batch that was emptied.
    mutating func clearBlocks() { blocks.removeAll() }

    /// Reads a list, or a piece of the one at hand.
    ///
    /// - Parameters:
    ///   - found: The list.
    ///   - tape: The document.
    ///   - tail: The block of the record's labels.
    ///   - batch: Where the blocks go, and the samples of the list that was at hand before.
    ///   - findings: What is counted.
    mutating func read(
        _ found: Gathered.List, _ tape: borrowing Tape, tail: SampleBatch.BlockID,
        into batch: inout SampleBatch, _ findings: inout Findings
    ) {
        if found.again == 0 {
            end(tail: tail, into: &batch)
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
                addElement(tape, width, to: &batch, &findings)
            } else {
                findings.wrongTypes += 1
            }
            entry = tape.after(entry)
        }
    }

    /// Ends the list at hand, if there is one: its rows become samples.
    mutating func end(tail: SampleBatch.BlockID, into batch: inout SampleBatch) {
        addSamples(tail, to: &batch)
        if !passed.isEmpty { passed = [] }
    }

    /// Gives out the rows of the list at hand if they are too many to be held.
    mutating func pass(tail: SampleBatch.BlockID, into batch: inout SampleBatch) {
        guard rows.count >= Self.rowCountMax else { return }
        for entry in blocks.entries where entry.list == list { passed.insert(entry.key) }
        addSamples(tail, to: &batch)
        // The rows to come are not those that the blocks were met in.
        list += 1
    }

    private mutating func addSamples(
        _ tail: SampleBatch.BlockID, to batch: inout SampleBatch
    ) {
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

    /// Adds the entry at hand to the row that has its labels, or makes a row of it.
    private mutating func addElement(
        _ tape: borrowing Tape, _ width: Int, to batch: inout SampleBatch,
        _ findings: inout Findings
    ) {
        let key = elementKey(tape)
        guard passed.isEmpty || !passed.contains(key) else {
            findings.lateEntries += 1
            return
        }
        let place = blocks.place(of: key) ?? blocks.add(key, addBlock(tape, to: &batch))
        let entry = blocks.entries[place]
        if entry.list == list {
            findings.repeatedEntries += 1
            addUp(entry.row, width)
        } else {
            blocks.note(place, list: list, row: rows.count)
            rows.append((entry.block, element.present))
            element.appendValues(width, to: &rowValues)
        }
    }

    private mutating func addUp(_ row: Int, _ width: Int) {
        for slot in 0..<width where element.has(slot) {
            let isSecond = rows[row].present & (1 << UInt64(slot)) != 0
            let sum = isSecond ? rowValues[row * width + slot] : 0
            rowValues[row * width + slot] = sum + element.value(slot)
        }
        rows[row].present |= element.present
    }

    /// Stands for the labels of the entry at hand, in their order, and for its level.
    private func elementKey(_ tape: borrowing Tape) -> UInt64 {
        var key = Fingerprint(low: UInt64(level), high: 0)
        for slot in plan.levels[level].labels.indices {
            key = key.mixed(with: element.labels[slot].withText(tape) { Fingerprint($0) } ?? .zero)
        }
        return key.low
    }

    private func addBlock(
        _ tape: borrowing Tape, to batch: inout SampleBatch
    ) -> SampleBatch.BlockID {
        // Labels that sort around the organization's make one block with it.
        let own = plan.levels[level].labels
        for label in plan.levels[level].isSplit ? own : (own + [.organization]).sorted() {
            if label == .organization {
                batch.addLabel(label, organization.span)
            } else if let slot = own.firstIndex(of: label) {
                element.labels[slot].add(as: label, tape, to: &batch)
            }
        }
        return batch.endBlock()
    }
}
