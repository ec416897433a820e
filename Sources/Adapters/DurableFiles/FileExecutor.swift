import Dispatch

/// Runs an actor on a thread of its own, one job after another.
///
/// A flush may take as long as the disk likes, and a lock as long as another process does; neither
/// may hold up the few threads that all other tasks share.
package final class FileExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Creates an executor.
    ///
    /// - Parameter label: What the thread is called in a debugger.
    package init(_ label: String) { queue = DispatchQueue(label: label) }

    /// Puts a job behind those that wait.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // The job is run once, here, and this closure keeps the executor until it is done.
            unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }
}
