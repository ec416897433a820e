import Domain

/// What was read of one ``Plan/Level`` before anything of it is emitted: a label may stand after
/// the values it labels.
struct Gathered: ~Copyable {
    /// The most metrics of a level: one for each bit of ``present``.
    static let valueCountMax = 64
    /// The most labels of a level.
    static let labelCountMax = 8

    // The numbers by slot; only those that are present mean something.
    private var values = [Double](repeating: 0, count: Self.valueCountMax)
    /// A bit for each slot that was reported.
    private(set) var present: UInt64 = 0
    /// The labels by slot.
    private(set) var labels = InlineArray<8, LabelValue>(repeating: .none)
    /// A list that was met.
    struct List {
        var level: Int
        /// Where it stands.
        var place: Int
        /// 0 if it begins there; 1 if it goes on from an earlier piece of the document, and 2 or more
        /// if its first entry goes on, too.
        var again: Int
    }

    /// The lists that were met.
    private(set) var lists: [List] = []
    /// Where the record's day stands, if it has one.
    private(set) var day: Int?

    // GitHub writes the fields of each record in the same order: so what followed a field the last
    // time is looked at first. By the field's place in the table; before those the first of a node.
    private var followers: [Int16]
    private let nodeCount: Int

    init(_ plan: borrowing Plan) {
        nodeCount = plan.nodeCount
        followers = [Int16](repeating: 0, count: nodeCount + plan.fields.count)
    }

    /// Whether the slot was reported.
    func has(_ slot: Int) -> Bool { present & (1 << UInt64(slot)) != 0 }

    /// The number in a slot that was reported.
    func value(_ slot: Int) -> Double { values[slot] }

    /// Appends the numbers of the first `count` slots, whether they were reported or not.
    func appendValues(_ count: Int, to row: inout [Double]) {
        // The pointer is lent for the copy.
        unsafe values.span.extracting(first: count).withUnsafeBufferPointer { unsafe row += $0 }
    }

    /// Adds a sample for each number that was reported.
    func addSamples(
        of metrics: [MetricID], head: SampleBatch.BlockID, tail: SampleBatch.BlockID,
        to batch: inout SampleBatch
    ) {
        batch.add(metrics.span, values.span, present: present, head: head, tail: tail)
    }

    /// Forgets what was read.
    mutating func reset() {
        present = 0
        for slot in labels.indices { labels[slot] = .none }
        lists.removeAll(keepingCapacity: true)
        day = nil
    }

    /// Reads the fields of an object, and of the objects in it that belong to the same level.
    ///
    /// - Parameters:
    ///   - tape: The document.
    ///   - object: Where the object stands.
    ///   - node: Its node in the plan.
    ///   - again: If not 0, the first field was there before, in an earlier piece of the document,
    ///     and so was the first in its value, so many deep: they are not counted again.
    ///   - plan: What to do with the fields.
    ///   - findings: What is counted.
    mutating func read(
        _ tape: borrowing Tape, at object: Int, node: Int, again: Int, _ plan: borrowing Plan,
        _ findings: inout Findings
    ) {
        var field = object + 1
        var again = again
        var before = node
        while !tape.isEnd(field) {
            let value = field + 1
            let guess = Int(followers[before])
            let found = tape.withName(at: field) { name, text in
                plan.fields.isPlace(guess, of: name, text, in: node)
                    ? guess : plan.fields.place(of: name, text, in: node)
            }
            guard let place = found else {
                if again == 0 { findings.addUnknown(tape, field) }
                again = 0
                field = tape.after(value)
                continue
            }
            if place != guess { followers[before] = Int16(place) }
            before = nodeCount + place
            switch plan.fields.action(at: place) {
            case .documented: break
            case .day: day = value
            case .value(let slot):
                if let number = tape.number(at: value) {
                    values[slot] = number
                    present |= 1 << UInt64(slot)
                } else if tape.kind(at: value) != .null, again == 0 {
                    findings.wrongTypes += 1
                }
            case .label(let slot): labels[slot] = LabelValue(tape, at: value)
            case .object(let inner):
                if tape.kind(at: value) == .object {
                    read(
                        tape, at: value, node: inner, again: max(again - 1, 0), plan, &findings)
                } else if tape.kind(at: value) != .null, again == 0 {
                    findings.wrongTypes += 1
                }
            case .list(let level):
                if tape.kind(at: value) == .array {
                    lists.append(List(level: level, place: value, again: again))
                } else if tape.kind(at: value) != .null, again == 0 {
                    findings.wrongTypes += 1
                }
            }
            again = 0
            field = tape.after(value)
        }
    }
}
