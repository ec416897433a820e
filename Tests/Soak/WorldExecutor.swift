import Dispatch
import Synchronization

/// Runs the tasks of one world one at a time, in the order in which they are ready, so that a seed plays
/// the same each time, however many worlds are played beside it.
final class WorldExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
    }

    private let queue = DispatchQueue(label: "world")
    private let state = Mutex(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let begins = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        // What makes others ready runs here itself, and they come next.
        if begins { queue.async { self.run() } }
    }

    private func run() {
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                state.isRunning = !state.jobs.isEmpty
                return state.jobs
            }
            if jobs.isEmpty { return }
            // The executor lives as long as the queue that this runs on.
            for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
