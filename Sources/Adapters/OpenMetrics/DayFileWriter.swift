import Domain
import Ports
import Synchronization

/// One source on its way into one day's file.
///
/// Samples come user by user, and the text wants them metric by metric, so they wait in a ``Spool``
/// until all are there.
final class DayFileWriter: SampleWriter {
    private let scope: SampleScope
    private let dayFile: DayFile
    private let spool: Mutex<Spool>

    init(_ scope: SampleScope, in folder: String) throws(Failure) {
        self.scope = scope
        dayFile = DayFile(scope.day, in: folder)
        try OpenFile.makeFolder(folder)
        try dayFile.removeLeftover()
        spool = Mutex(Spool(try OpenFile(unnamedIn: folder)))
    }

    func write(_ batch: SampleBatch) async throws(Failure) {
        precondition(batch.scope == scope, "a batch of another scope")
        let labels = LabelText(batch)
        let seconds = String(scope.timestamp.seconds)
        try spool.withLock { spool throws(Failure) in
            for sample in batch.samples {
                // The file's other families are kept because each belongs to one source alone.
                precondition(
                    sample.metric.metric.source == scope.source,
                    "\(sample.metric.metric) is not of \(scope.source)")
                try spool.append(to: sample.metric) { line in
                    Exposition.append(sample, labels, at: seconds, to: &line)
                }
            }
        }
    }

    func finish() async throws(Failure) -> Delivery {
        try spool.withLock { spool throws(Failure) in
            try dayFile.replace(scope.source, with: spool)
            return Delivery(accepted: spool.lineCount)
        }
    }
}
