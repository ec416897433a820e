import Dispatch

/// Runs an actor on a thread of its own, one job after another.
///
/// A connection waits for the server, and none of the few threads that all other tasks share may
/// wait with it.
final class LaneExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "postgres")

    /// Puts a job behind those that wait.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // The job is run once, here, and this closure keeps the executor until it is done.
            unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }
}
