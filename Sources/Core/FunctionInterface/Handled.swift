public import Domain
public import Ports

/// A function's output and the state changes that belong to it.
///
/// The changes are not made yet: the host makes them together with publishing the follow-up events and
/// settling the event, in one transaction where it can.
public struct Handled<Output: Sendable>: Sendable {
    /// The output, for the caller.
    public let output: Output
    /// The state changes that stand for the work.
    public let changes: StateChanges
    /// The problems that began, last and ended, for the log.
    public let problems: ProblemNotes

    /// Pairs an output with its state changes.
    public init(
        _ output: Output, changing changes: StateChanges = .none,
        problems: ProblemNotes = ProblemNotes()
    ) {
        self.output = output
        self.changes = changes
        self.problems = problems
    }

    /// Makes the state changes now, for a caller that has nothing to combine them with.
    ///
    /// - Throws: What ``StateChanges/keep()`` throws.
    public func kept() async throws(Failure) -> Output {
        try await changes.keep()
        return output
    }
}
