import Domain
import DurableFiles
import Ports
import Synchronization

/// A disk that fails from one step on, as if the process had been killed.
final class CrashPoint: Sendable {
    private let stepsLeft: Mutex<Int>
    private let taken = Mutex<[DiskStep]>([])

    /// Creates a disk that performs `stepCount` steps.
    init(after stepCount: Int) { stepsLeft = Mutex(stepCount) }

    /// The steps performed.
    var steps: [DiskStep] { taken.withLock { $0 } }

    /// Whether the disk has failed.
    var isPassed: Bool { stepsLeft.withLock { $0 < 0 } }

    /// Performs a step, or fails.
    func step(_ step: DiskStep) throws(Failure) {
        let isLeft = stepsLeft.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isLeft else { throw Failure(.unavailable, "the process is dead") }
        taken.withLock { $0.append(step) }
    }
}
