import Dispatch

/// Runs the jobs of an actor on a separate thread, one after another.
///
/// A connection blocks while it waits for the server, and must not block a thread that other tasks
/// share.
final class LaneExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "postgres")

    /// Adds a job to the queue.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // The job runs once, and this closure keeps the executor alive until then.
            unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }
}
