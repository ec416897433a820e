import Domain

/// Counts what a reading meets, and takes the report's fingerprint.
///
/// The fingerprint is a sum over samples, so files and records may come in any order, and a record
/// that a later one replaces can be taken out again.
struct Tally: Sendable {
    private struct Known: Sendable {
        var key: UInt64
        var ordinal: Int
        var samples: Int32
        var print: Fingerprint
    }

    var files = 0
    /// The records that were read, of all files.
    var records = 0
    var byteCount = 0
    var otherDays = 0
    var nameless = 0
    private var samples = 0
    private var sum = Fingerprint.zero
    // What is known of each record, to take those out again that a later one replaces.
    private var known: [Known] = []
    // Nil where an earlier reading made it; it costs a part of the way of each sample.
    private var imprint: ImprintBuilder?
    private let isSecond: Bool
    // The fingerprints of the batch's blocks, by place.
    private var blocks: [Fingerprint] = []

    private let metrics = MetricID.all.map { Fingerprint($0.metric.name.utf8.span) }
    private let labelNames = Label.allCases.map { Fingerprint($0.description.utf8.span) }

    /// Creates a tally.
    ///
    /// - Parameter isSecond: Whether an earlier reading found out already which records are replaced,
    ///   and what each series says: then none of it is kept again.
    init(isSecond: Bool = false) {
        self.isSecond = isSecond
        imprint = isSecond ? nil : ImprintBuilder()
    }

    /// Makes room for what is to be merged, so that it need not move while it grows.
    mutating func reserve(_ recordCount: Int) { known.reserveCapacity(recordCount) }

    /// Adds the samples of one record.
    ///
    /// - Parameters:
    ///   - batch: Where they stand.
    ///   - first: The first of them; they are the batch's last.
    ///   - ordinal: The record's place in the report; a later one replaces an earlier one.
    ///   - key: The same for records of which the last counts.
    mutating func add(_ batch: borrowing SampleBatch, from first: Int, ordinal: Int, key: UInt64) {
        let (print, count) = take(batch, from: first, ordinal: ordinal)
        guard !isSecond else { return }
        known.append(Known(key: key, ordinal: ordinal, samples: Int32(count), print: print))
    }

    /// Adds more samples of the record that was added last.
    mutating func addMore(_ batch: borrowing SampleBatch, from first: Int, ordinal: Int) {
        let (print, count) = take(batch, from: first, ordinal: ordinal)
        guard !isSecond else { return }
        known[known.count - 1].samples += Int32(count)
        known[known.count - 1].print += print
    }

    private mutating func take(
        _ batch: borrowing SampleBatch, from first: Int, ordinal: Int
    ) -> (print: Fingerprint, count: Int) {
        addBlocks(of: batch)
        var print = Fingerprint.zero
        // Samples with the same blocks follow each other.
        var (head, tail) = (SampleBatch.BlockID.empty, SampleBatch.BlockID.empty)
        var labels = self.labels(head, tail)
        for sample in batch.samples[first...] {
            if sample.head != head || sample.tail != tail {
                (head, tail) = (sample.head, sample.tail)
                labels = self.labels(head, tail)
            }
            let series = labels.joined(with: metrics[Int(sample.metric.index)])
            let bits = sample.value.bitPattern
            imprint?.add(series: series.low, value: bits, ordinal: ordinal)
            print += series.mixed(with: Fingerprint(low: bits, high: bits))
        }
        let count = batch.samples.count - first
        sum += print
        samples += count
        return (print, count)
    }

    /// Adds what another reading counted in other files of the same report.
    ///
    /// It comes to the same in whatever order the readings are put together.
    mutating func merge(_ other: Tally) {
        files += other.files
        records += other.records
        byteCount += other.byteCount
        otherDays += other.otherDays
        nameless += other.nameless
        samples += other.samples
        sum += other.sum
        if let other = other.imprint { imprint?.merge(other) }
        known += other.known
    }

    /// The records of which a later one is of the same user.
    private var replacedRecords: [Known] {
        let known = known.sorted { ($0.key, $0.ordinal) < ($1.key, $1.ordinal) }
        return zip(known, known.dropFirst()).filter { $0.key == $1.key }.map(\.0)
    }

    /// Forgets the blocks of a batch that was emptied.
    mutating func clearBlocks() { blocks.removeAll(keepingCapacity: true) }

    /// What was read so far.
    func survey(findings: Findings) -> ReportSurvey {
        let replacedRecords = replacedRecords
        let replaced = Set(replacedRecords.map(\.ordinal))
        var (sum, samples) = (sum, samples)
        for record in replacedRecords {
            sum -= record.print
            samples -= Int(record.samples)
        }
        var notes: [String] = []
        func note(_ count: Int, _ words: String) {
            if count > 0 { notes.append("\(count) \(words)") }
        }
        note(replaced.count, "records were replaced by a later record of the same user")
        note(
            findings.repeatedEntries,
            "breakdown entries repeat another's labels and were added to it")
        note(
            findings.lateEntries,
            "breakdown entries repeat another's labels, which stands more than "
                + "\(Breakdown.rowCountMax) entries before them, and were left out")
        note(findings.wrongTypes, "values are not of the documented type and were left out")
        note(otherDays, "records are of another day and were left out")
        note(nameless, "records do not name their user and were left out")
        if let unknown = findings.unknownNote { notes.append(unknown) }
        return ReportSurvey(
            digest: sum.hex, samples: samples, files: files, records: records,
            usableRecords: records - otherDays - nameless, byteCount: byteCount,
            replaced: replaced,
            imprint: (imprint ?? ImprintBuilder()).imprint(leavingOut: replaced), notes: notes)
    }

    private mutating func addBlocks(of batch: borrowing SampleBatch) {
        for place in blocks.count..<batch.blockCount {
            var print = Fingerprint.zero
            batch.forEachLabel(of: SampleBatch.BlockID(index: Int32(place))) {
                label, value in
                guard label.isIdentifying else { return }
                print = print.mixed(with: labelNames[Int(label.rawValue)])
                    .mixed(with: Fingerprint(value))
            }
            blocks.append(print)
        }
    }

    private func labels(
        _ head: SampleBatch.BlockID, _ tail: SampleBatch.BlockID
    ) -> Fingerprint {
        blocks[Int(head.index)].mixed(with: blocks[Int(tail.index)])
    }
}
