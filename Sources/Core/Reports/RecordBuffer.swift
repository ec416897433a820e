import Domain
import JSONTape

/// The fields of a record, or of an entry of a breakdown, before samples are made of them: a label
/// may come after the values it labels.
struct RecordBuffer: ~Copyable {
    /// The most metrics of a level: one for each bit of ``present``.
    static let valueCountMax = 64
    /// The most labels of a level.
    static let labelCountMax = 8

    /// A list in the record whose entries are a level of their own.
    struct List {
        var level: Int
        /// Its place on the tape.
        var place: Int
    }

    // The numbers by slot; only those that are present mean something.
    private var values = [Double](repeating: 0, count: Self.valueCountMax)
    /// A bit for each slot that has a number.
    private(set) var present: UInt64 = 0
    /// The labels by slot.
    private(set) var labels = InlineArray<8, LabelValue>(repeating: .none)
    /// The lists of the record.
    private(set) var lists: [List] = []
    /// The place of the record's day, if it has one.
    private(set) var day: Int?

    // GitHub writes the fields of every record in the same order, so the field that followed the last
    // time is tried first. Indexed by the field's place in the table, after the first field of each node.
    private var followers: [Int16]
    private let nodeCount: Int

    init(_ plan: borrowing MappingPlan) {
        nodeCount = plan.nodeCount
        followers = [Int16](repeating: 0, count: nodeCount + plan.fields.count)
    }

    /// Whether the slot has a number.
    func has(_ slot: Int) -> Bool { present & (1 << UInt64(slot)) != 0 }

    /// The number in a slot that has one.
    func value(_ slot: Int) -> Double { values[slot] }

    /// Appends the numbers of the first `count` slots, present or not.
    func appendValues(_ count: Int, to row: inout [Double]) {
        // The pointer is lent for the copy.
        unsafe values.span.extracting(first: count).withUnsafeBufferPointer { unsafe row += $0 }
    }

    /// Adds a sample for each number.
    func addSamples(
        of metrics: [MetricID], head: SampleBatch.BlockID, tail: SampleBatch.BlockID,
        to batch: inout SampleBatch
    ) {
        batch.add(metrics.span, values.span, present: present, head: head, tail: tail)
    }

    /// Empties the buffer.
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
    ///   - object: The place of the object.
    ///   - node: Its node in the plan.
    ///   - plan: What to do with each field.
    ///   - findings: Counts unknown fields and values of a wrong type.
    mutating func read(
        _ tape: borrowing Tape, at object: Int, node: Int, _ plan: borrowing MappingPlan,
        _ findings: inout Findings
    ) {
        var field = object + 1
        var before = node
        while !tape.isEnd(field) {
            let value = field + 1
            let guess = Int(followers[before])
            let found = tape.withName(at: field) { name, text in
                plan.fields.isPlace(guess, of: name, text, in: node)
                    ? guess : plan.fields.place(of: name, text, in: node)
            }
            guard let place = found else {
                findings.addUnknown(tape, field)
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
                } else if tape.kind(at: value) != .null {
                    findings.addWrongType(tape, field)
                }
            case .label(let slot): labels[slot] = LabelValue(tape, at: value)
            case .object(let inner):
                if tape.kind(at: value) == .object {
                    read(tape, at: value, node: inner, plan, &findings)
                } else if tape.kind(at: value) != .null {
                    findings.addWrongType(tape, field)
                }
            case .list(let level):
                if tape.kind(at: value) == .array {
                    lists.append(List(level: level, place: value))
                } else if tape.kind(at: value) != .null {
                    findings.addWrongType(tape, field)
                }
            }
            field = tape.after(value)
        }
    }
}
