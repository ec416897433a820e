import Dispatch

/// Runs the tasks of one world one at a time, in the order in which they are ready, so that a seed plays
/// the same each time, however many worlds are played beside it.
final class WorldExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "world")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The executor lives as long as the queue that this runs on.
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
