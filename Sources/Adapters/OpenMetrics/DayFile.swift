import Domain
import DurableFiles
import MetricText
import Ports

/// The file of one organization's day, and the lines that are collected for its next version.
///
/// Samples are written user by user, but the file is sorted by metric. So the lines are kept in a
/// ``Spool`` until all of them are there.
struct DayFile: ~Copyable {
    private let scope: SampleScope
    private let folder: DurableFolder
    private let name: String
    /// The name of the next version while it is written.
    private let draft: String
    private var spool: Spool

    /// Opens the organization's folder, and creates it unless it exists.
    init(_ scope: SampleScope, in path: String) throws(Failure) {
        let folder = try DurableFolder(path, .readableByAll("METRICS_SINK"))
        let draft = ".\(scope.day).om.next"
        // A process that was killed may have left a draft. Under the lock, no other one is writing
        // it.
        try folder.locked { () throws(Failure) in folder.discard(draft) }
        spool = Spool(try folder.makeTemporaryFile())
        self.scope = scope
        self.folder = folder
        self.draft = draft
        name = "\(scope.day).om"
    }

    /// Adds a line for each sample.
    mutating func append(_ batch: SampleBatch) throws(Failure) {
        precondition(batch.scope == scope, "a batch of another scope")
        let labels = LabelText(batch)
        let seconds = String(scope.timestamp.seconds)
        for sample in batch.samples {
            // Each metric family belongs to one source. Otherwise replacing the families of a
            // source would lose lines of another one.
            precondition(
                sample.metric.metric.source == scope.source,
                "\(sample.metric.metric) is not of \(scope.source)")
            try spool.append(to: sample.metric) { line in
                Exposition.append(sample, labels, at: seconds, to: &line)
            }
        }
    }

    /// Replaces the metric families of the scope's source with the lines, and keeps all others.
    ///
    /// - Returns: The number of lines.
    func replace() throws(Failure) -> Int {
        try folder.locked { () throws(Failure) in
            do throws(Failure) {
                try folder.replace(name, draft: draft) { next throws(Failure) in
                    try write(to: next)
                }
            } catch {
                folder.discard(draft)
                throw error
            }
        }
        return spool.lineCount
    }

    private func write(to next: borrowing OpenFile) throws(Failure) {
        let old = try FamilyFile(try folder.open(name, .read), at: "\(folder.path)/\(name)")
        for metric in MetricID.every {
            if metric.metric.source == scope.source {
                guard spool.hasLines(of: metric) else { continue }
                try next.append(
                    MetricText.heading(metric.metric.name, help: metric.metric.help))
                try spool.copyLines(of: metric, to: next)
            } else {
                try old.copyFamily(metric.metric.name, to: next)
            }
        }
        // Unknown families were written by another version, and stay.
        for name in old.names where Catalogue.byName[name] == nil {
            try old.copyFamily(name, to: next)
        }
        try next.append(MetricText.end)
    }
}
