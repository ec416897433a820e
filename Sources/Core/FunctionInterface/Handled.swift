public import Ports
public import Domain

/// What a function made of an event: an output for its caller, and the state that goes with it.
///
/// The changes are not made yet. A host makes them together with publishing the events that follow
/// and with settling the event, in one transaction where it can; see
/// ``EventQueue/settle(_:as:publishing:keeping:)``.
public struct Handled<Output: Sendable>: Sendable {
    /// What happened, for the caller and the journal.
    public let output: Output
    /// What is to be remembered of it.
    public let changes: StateChanges

    /// Pairs an output with the changes that belong to it.
    public init(_ output: Output, changing changes: StateChanges = .none) {
        self.output = output
        self.changes = changes
    }

    /// Makes the changes, for whoever has nothing to do together with them.
    ///
    /// - Returns: The output.
    /// - Throws: What ``StateChanges/keep()`` throws.
    public func kept() async throws(Failure) -> Output {
        try await changes.keep()
        return output
    }
}
