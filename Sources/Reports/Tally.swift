import Domain

/// Counts what a reading meets, and takes the report's fingerprint.
///
/// The fingerprint is a sum over samples, so files and records may come in any order, and a record
/// that a later one replaces can be taken out again.
struct Tally: Sendable {
    private struct Known: Sendable {
        var ordinal: Int32
        var samples: Int32
        var print: Fingerprint
    }

    var files = 0
    var records = 0
    var byteCount = 0
    var otherDays = 0
    var nameless = 0
    private var samples = 0
    private var sum = Fingerprint.zero
    private var known: [UInt64: Known] = [:]
    private var replaced: Set<Int> = []
    // The fingerprints of the batch's blocks, by place.
    private var blocks: [Fingerprint] = []

    private let metrics = MetricID.all.map { Fingerprint($0.metric.name.utf8.span) }
    private let labelNames = Label.allCases.map { Fingerprint($0.description.utf8.span) }

    /// Adds the samples of one record.
    ///
    /// - Parameters:
    ///   - batch: Where they stand.
    ///   - first: The first of them; they are the batch's last.
    ///   - ordinal: The record's place in the report.
    ///   - key: The same for records of which the last counts.
    mutating func add(_ batch: SampleBatch, from first: Int, ordinal: Int, key: UInt64) {
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
            let bits = sample.value.bitPattern
            print += labels.joined(with: metrics[Int(sample.metric.index)])
                .mixed(with: Fingerprint(low: bits, high: bits))
        }
        let record = Known(
            ordinal: Int32(ordinal), samples: Int32(batch.samples.count - first), print: print)
        if let old = known.updateValue(record, forKey: key) {
            replaced.insert(Int(old.ordinal))
            sum -= old.print
            samples -= Int(old.samples)
        }
        sum += print
        samples += Int(record.samples)
    }

    /// Forgets the blocks of a batch that was emptied.
    mutating func clearBlocks() { blocks.removeAll(keepingCapacity: true) }

    /// What was read so far.
    func survey(findings: Findings) -> ReportSurvey {
        var notes: [String] = []
        func note(_ count: Int, _ words: String) {
            if count > 0 { notes.append("\(count) \(words)") }
        }
        note(replaced.count, "records were replaced by a later record of the same user")
        note(
            findings.repeatedEntries,
            "breakdown entries repeat another's labels and were added to it")
        note(findings.wrongTypes, "values are not of the documented type and were left out")
        note(otherDays, "records are of another day and were left out")
        note(nameless, "records do not name their user and were left out")
        if let unknown = findings.unknownNote { notes.append(unknown) }
        return ReportSurvey(
            digest: sum.hex, samples: samples, files: files, records: records,
            usableRecords: records - otherDays - nameless, byteCount: byteCount,
            replaced: replaced, notes: notes)
    }

    private mutating func addBlocks(of batch: SampleBatch) {
        for place in blocks.count..<batch.blockCount {
            var print = Fingerprint.zero
            batch.forEachLabel(of: SampleBatch.BlockID(index: Int32(place))) {
                label, value in
                guard !label.isDecoration else { return }
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
