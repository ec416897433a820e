import Domain
import DurableFiles
import Ports
import Synchronization

/// A disk that is gone from one step on, as for a process that was killed there.
final class CrashPoint: Sendable {
    private let stepsLeft: Mutex<Int>
    private let taken = Mutex<[DiskStep]>([])

    /// Creates a disk that takes `stepCount` steps and no more.
    init(after stepCount: Int) { stepsLeft = Mutex(stepCount) }

    /// What the disk did until then.
    var steps: [DiskStep] { taken.withLock { $0 } }

    /// Whether it was reached.
    var isPassed: Bool { stepsLeft.withLock { $0 < 0 } }

    /// Takes a step or fails.
    func step(_ step: DiskStep) throws(Failure) {
        let isLeft = stepsLeft.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isLeft else { throw Failure(.unavailable, "the process is dead") }
        taken.withLock { $0.append(step) }
    }
}
