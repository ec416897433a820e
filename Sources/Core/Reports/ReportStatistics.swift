import Domain

/// Counts of a reading, and the digest of the report.
///
/// The digest is a sum of one fingerprint per sample. So it does not depend on the order of files
/// and records, and a record that a later one replaces can be subtracted.
struct ReportStatistics: Sendable {
    private struct Known: Sendable {
        var key: UInt64
        var ordinal: Int
        var samples: Int32
        var fingerprint: Fingerprint
    }

    var files = 0
    /// The records of all files, including those that were skipped.
    var records = 0
    var byteCount = 0
    /// Records of another day.
    var otherDays = Tally()
    /// Records that do not name their user.
    var nameless = Tally()
    /// Entries that are JSON but not records.
    var strangers = Tally()
    private var samples = 0
    private var sum = Fingerprint.zero
    // One for each record that no later one of its file replaces, as far as it was looked for.
    private var known: [Known] = []
    private var replaced = ReplacedRecords()
    // The number of records at which the replaced ones are looked for: then memory grows with the users,
    // not with the records that name them.
    private var compactionCount = Self.compactionCountMin
    private static let compactionCountMin = 1 << 16
    // Nil in a second reading, because it takes time for each sample.
    private var snapshot: SnapshotBuilder?
    private let isSecond: Bool
    // The fingerprints of the batch's blocks, by their place.
    private var blocks: [Fingerprint] = []

    private let metrics = MetricID.every.map { Fingerprint($0.metric.name.utf8.span) }
    private let labelNames = Label.allCases.map { Fingerprint($0.description.utf8.span) }

    /// Creates empty statistics.
    ///
    /// - Parameter isSecond: Whether an earlier reading found the replaced records and made the
    ///   snapshot, so that neither is done again.
    init(isSecond: Bool = false) {
        self.isSecond = isSecond
        snapshot = isSecond ? nil : SnapshotBuilder()
    }

    /// Reserves memory for the records that will be merged.
    mutating func reserve(_ recordCount: Int) { known.reserveCapacity(recordCount) }

    /// Adds the samples of one record.
    ///
    /// - Parameters:
    ///   - batch: The batch, which ends with these samples.
    ///   - first: The index of the first of them.
    ///   - ordinal: The record's place in the report. A later record replaces an earlier one.
    ///   - key: The key of the record's subject. Of several records with one key the last counts.
    mutating func add(_ batch: borrowing SampleBatch, from first: Int, ordinal: Int, key: UInt64) {
        addBlocks(of: batch)
        var fingerprint = Fingerprint.zero
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
            snapshot?.add(series: series.low, value: bits, ordinal: ordinal)
            fingerprint += series.mixed(with: Fingerprint(low: bits, high: bits))
        }
        let count = batch.samples.count - first
        sum += fingerprint
        samples += count
        guard !isSecond else { return }
        known.append(
            Known(key: key, ordinal: ordinal, samples: Int32(count), fingerprint: fingerprint))
        if known.count >= compactionCount { compact() }
    }

    /// Subtracts the records that a later one with the same key replaces, and forgets them.
    private mutating func compact() {
        known.sort { ($0.key, $0.ordinal) < ($1.key, $1.ordinal) }
        var keptCount = 0
        for index in known.indices {
            let record = known[index]
            if index + 1 < known.count, known[index + 1].key == record.key {
                sum -= record.fingerprint
                samples -= Int(record.samples)
                replaced.insert(record.ordinal)
            } else {
                known[keptCount] = record
                keptCount += 1
            }
        }
        known.removeLast(known.count - keptCount)
        compactionCount = max(Self.compactionCountMin, 2 * keptCount)
    }

    /// Adds the statistics of other files of the same report, in any order.
    mutating func merge(_ other: ReportStatistics) {
        files += other.files
        records += other.records
        byteCount += other.byteCount
        otherDays.merge(other.otherDays)
        nameless.merge(other.nameless)
        strangers.merge(other.strangers)
        samples += other.samples
        sum += other.sum
        if let other = other.snapshot { snapshot?.merge(other) }
        known += other.known
        replaced.formUnion(other.replaced)
        if known.count >= compactionCount { compact() }
    }

    /// The number of records that are remembered.
    var keptRecordCount: Int { known.count }

    /// Forgets the blocks of a batch that was emptied.
    mutating func clearBlocks() { blocks.removeAll(keepingCapacity: true) }

    /// The survey of what was read so far.
    func survey(findings: Findings) -> ReportSurvey {
        var compacted = self
        compacted.compact()
        return compacted.compactedSurvey(findings)
    }

    private func compactedSurvey(_ findings: Findings) -> ReportSurvey {
        var notes: [String] = []
        func note(_ tally: Tally, _ one: String, _ many: String) {
            guard tally.count > 0 else { return }
            let suffix =
                tally.first.map { tally.count == 1 ? ": \($0)" : ", the first: \($0)" } ?? ""
            notes.append((tally.count == 1 ? "1 \(one)" : "\(tally.count) \(many)") + suffix)
        }
        note(
            Tally(replaced.count), "record was replaced by a later record of the same user",
            "records were replaced by later records of the same users")
        note(
            Tally(findings.repeatedEntries),
            "breakdown entry has the same labels as another and was added to it",
            "breakdown entries have the same labels as others and were added to them")
        note(
            Tally(findings.longLabels),
            "breakdown entry has a label longer than \(LabelValue.byteCountMax) bytes and was skipped",
            "breakdown entries have labels longer than \(LabelValue.byteCountMax) bytes and were skipped"
        )
        note(
            findings.wrongTypes, "value is not of the documented type and was skipped",
            "values are not of the documented type and were skipped")
        note(
            otherDays, "record is of another day and was skipped",
            "records are of another day and were skipped")
        note(
            nameless, "record does not name its user and was skipped",
            "records do not name their users and were skipped")
        note(
            strangers, "entry is not a record and was skipped",
            "entries are not records and were skipped")
        if let unknown = findings.unknownNote { notes.append(unknown) }
        return ReportSurvey(
            digest: sum.hex, samples: samples, files: files, records: records,
            usableRecords: records - otherDays.count - nameless.count - strangers.count,
            byteCount: byteCount,
            replaced: replaced,
            snapshot: (snapshot ?? SnapshotBuilder()).snapshot(leavingOut: replaced), notes: notes)
    }

    private mutating func addBlocks(of batch: borrowing SampleBatch) {
        for place in blocks.count..<batch.blockCount {
            var fingerprint = Fingerprint.zero
            batch.forEachLabel(of: SampleBatch.BlockID(index: Int32(place))) {
                label, value in
                guard label.isIdentifying else { return }
                fingerprint = fingerprint.mixed(with: labelNames[Int(label.rawValue)])
                    .mixed(with: Fingerprint(value))
            }
            blocks.append(fingerprint)
        }
    }

    private func labels(
        _ head: SampleBatch.BlockID, _ tail: SampleBatch.BlockID
    ) -> Fingerprint {
        blocks[Int(head.index)].mixed(with: blocks[Int(tail.index)])
    }
}
