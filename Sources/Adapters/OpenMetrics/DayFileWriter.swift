import Domain
import Ports
import Toolbox

/// Writes one source to one day's file.
///
/// Locks, writes and flushes block, so the actor has its own thread.
actor DayFileWriter: SampleWriter {
    private let executor = ThreadExecutor("open-metrics")
    private var file: DayFile?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the file's folder.
    ///
    /// - Parameter folder: The folder of the scope's organization.
    func open(_ scope: SampleScope, in folder: String) throws(Failure) {
        file = try DayFile(scope, in: folder)
    }

    func write(_ batch: SampleBatch) throws(Failure) { try file?.append(batch) }

    /// Replaces the file.
    func finish() throws(Failure) -> Delivery {
        Delivery(accepted: try file?.replace() ?? 0)
    }
}
