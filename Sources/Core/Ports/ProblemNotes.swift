public import Domain
import Synchronization

/// What a function found out about problems, for the log.
///
/// Several days of an organization may be collected at once, each of which takes itself off the same
/// problem. Only whoever takes off the last one knows that the problem has ended, and only when the
/// state is changed. So the changes are complete once the state changes have been made.
public struct ProblemNotes: Sendable {
    private var parts: [Part] = []

    /// Creates notes of changes, by default none.
    public init(_ changes: ProblemChanges = ProblemChanges()) {
        if !changes.isEmpty { parts = [Part(changes)] }
    }

    /// Creates notes of what a state change may find out otherwise.
    public init(_ part: Part) { parts = [part] }

    /// What is known by now.
    public var changes: ProblemChanges {
        parts.reduce(into: ProblemChanges()) { $0 += $1.changes }
    }

    /// Adds the notes of another scope.
    public static func += (left: inout Self, right: Self) { left.parts += right.parts }

    /// The changes of one scope.
    public final class Part: Sendable {
        private let latest: Mutex<ProblemChanges>

        /// Creates a part with the changes as they look so far.
        public init(_ changes: ProblemChanges) { latest = Mutex(changes) }

        /// The changes as they look by now.
        public var changes: ProblemChanges { latest.withLock { $0 } }

        /// Replaces the changes, because the state was different when it was changed.
        public func update(_ changes: ProblemChanges) { latest.withLock { $0 = changes } }
    }
}
