import Synchronization

/// A one-way flag that no further work should begin; running work finishes.
public final class StopSign: Sendable {
    private let raised = Atomic(false)

    /// Creates a flag that is not raised.
    public init() {}

    /// Whether work should stop.
    public var isRaised: Bool { raised.load(ordering: .acquiring) }

    /// Asks the work to stop.
    public func raise() { raised.store(true, ordering: .releasing) }
}
