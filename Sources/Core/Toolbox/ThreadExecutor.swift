import Dispatch

/// Runs the jobs of an actor on a separate thread, one after another.
///
/// An actor whose work blocks, such as waiting for a disk, a lock or a server, must not block one
/// of the few threads that all other tasks share.
///
///     actor Disk {
///         private let executor = ThreadExecutor("disk")
///         nonisolated var unownedExecutor: UnownedSerialExecutor {
///             unsafe executor.asUnownedSerialExecutor()
///         }
///     }
public final class ThreadExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Creates an executor.
    ///
    /// - Parameter label: The name of the thread in a debugger.
    public init(_ label: String) { queue = DispatchQueue(label: label) }

    /// Adds a job to the queue.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            // The job runs once, and this closure keeps the executor alive until then.
            unsafe job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }
}
