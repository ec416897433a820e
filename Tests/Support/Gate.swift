import Dispatch
import Synchronization

/// Something that happens once, for others to wait for: between tests and the threads they script.
public final class Gate: Sendable {
    private let group = DispatchGroup()
    private let isOpen = Mutex(false)

    /// Creates a gate that is shut.
    public init() { group.enter() }

    // A group that is let go while entered stops the program.
    deinit { open() }

    /// Opens the gate for good.
    public func open() {
        isOpen.withLock { isOpen in
            if !isOpen { group.leave() }
            isOpen = true
        }
    }

    /// Returns once the gate is open.
    public func opened() async {
        await withCheckedContinuation { continuation in
            group.notify(queue: .global()) { continuation.resume() }
        }
    }

    /// Blocks this thread, which must be one of the caller's own, until the gate is open.
    public func block() { group.wait() }
}
