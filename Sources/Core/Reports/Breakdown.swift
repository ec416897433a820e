import Domain
import JSONTape

/// Makes samples of a breakdown: a list in a record, whose entries are told apart by their labels.
///
/// Entries with the same labels are added up, because GitHub's capped buckets (`others`) may appear
/// more than once.
struct Breakdown: ~Copyable {
    private let plan: MappingPlan
    private let organization: [UInt8]
    private var level = 0
    private var entry: RecordBuffer
    // One row for each set of labels: its block, and which of its values are present.
    private var rows: [(block: SampleBatch.BlockID, present: UInt64)] = []
    private var rowValues: [Double] = []
    private var blocks = BlockTable()
    // Counts the lists, to tell a row of this one from a row of an earlier one.
    private var list = 0

    init(_ plan: MappingPlan, organization: [UInt8]) {
        self.plan = plan
        self.organization = organization
        entry = RecordBuffer(plan)
    }

    /// Forgets the blocks of a batch that was emptied.
    mutating func clearBlocks() { blocks.removeAll() }

    /// Adds the samples of a list.
    ///
    /// - Parameters:
    ///   - found: The list.
    ///   - tape: The document.
    ///   - tail: The block of the record's labels.
    ///   - batch: Receives the samples and their blocks.
    ///   - findings: Counts repeated entries, unknown fields and values of a wrong type.
    mutating func addSamples(
        of found: RecordBuffer.List, _ tape: borrowing Tape, tail: SampleBatch.BlockID,
        to batch: inout SampleBatch, _ findings: inout Findings
    ) {
        list += 1
        level = found.level
        let node = plan.levels[level].node
        let width = plan.levels[level].metrics.count
        var place = found.place + 1
        while !tape.isEnd(place) {
            if tape.kind(at: place) == .object {
                entry.reset()
                entry.read(tape, at: place, node: node, plan, &findings)
                addEntry(tape, width, to: &batch, &findings)
            } else {
                findings.addWrongType(tape, nil)
            }
            place = tape.after(place)
        }
        addRows(tail, to: &batch)
    }

    private mutating func addRows(_ tail: SampleBatch.BlockID, to batch: inout SampleBatch) {
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

    /// Adds the entry to the row that has its labels, or makes a row of it.
    private mutating func addEntry(
        _ tape: borrowing Tape, _ width: Int, to batch: inout SampleBatch,
        _ findings: inout Findings
    ) {
        guard let key = entryKey(tape) else {
            // Without the label it would be added to another entry.
            findings.longLabels += 1
            return
        }
        let place = blocks.place(of: key) ?? blocks.add(key, addBlock(tape, to: &batch))
        let known = blocks.entries[place]
        if known.list == list {
            findings.repeatedEntries += 1
            addUp(known.row, width)
        } else {
            blocks.note(place, list: list, row: rows.count)
            rows.append((known.block, entry.present))
            entry.appendValues(width, to: &rowValues)
        }
    }

    private mutating func addUp(_ row: Int, _ width: Int) {
        for slot in 0..<width where entry.has(slot) {
            let isSecond = rows[row].present & (1 << UInt64(slot)) != 0
            let sum = isSecond ? rowValues[row * width + slot] : 0
            rowValues[row * width + slot] = sum + entry.value(slot)
        }
        rows[row].present |= entry.present
    }

    /// A key for the level and the entry's labels, in their order; nil if a label is too long.
    private func entryKey(_ tape: borrowing Tape) -> UInt64? {
        var key = Fingerprint(low: UInt64(level), high: 0)
        for slot in plan.levels[level].labels.indices {
            let label = entry.labels[slot]
            guard let text = label.withText(tape, { Fingerprint($0) }) else {
                if label.isTooLong(tape) { return nil }
                key = key.mixed(with: .zero)
                continue
            }
            key = key.mixed(with: text)
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
                entry.labels[slot].add(as: label, tape, to: &batch)
            }
        }
        return batch.endBlock()
    }
}
