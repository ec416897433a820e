import Synchronization

/// Says, once and for all, that no further work should begin; what is begun is finished.
public final class StopSign: Sendable {
    private let raised = Atomic(false)

    /// Creates a sign that is down.
    public init() {}

    /// Whether work should stop.
    public var isRaised: Bool { raised.load(ordering: .acquiring) }

    /// Asks for the work to stop.
    public func raise() { raised.store(true, ordering: .releasing) }
}
