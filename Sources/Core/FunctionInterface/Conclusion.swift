public import Domain
public import Ports
import Toolbox

/// How one event came out: everything that a host needs to answer, publish, keep, settle and log.
///
///     event ─▶ JSONFunction ─▶ Conclusion ─▶ Concluder ─▶ answer, bus, store
///                                        └─▶ log, journal
///
/// It is made once, where the output's type is still known. Every host passes it on as it is.
public struct Conclusion: Sendable {
    /// The function that handled the event.
    public let function: FunctionName
    /// One JSON document for the caller: the output, or the report of the failure.
    public let document: [UInt8]
    /// Why there is no output.
    public let failure: Failure?
    /// The events to publish before the event counts as handled.
    public let followUps: [CloudEvent]
    /// The state changes to make together with publishing and settling.
    public private(set) var changes: StateChanges
    /// Why the same event is worth sending again although there is an output.
    public let unfinished: Failure?
    /// The exit status of a command that ran only this event.
    public let exitStatus: CommandStatus
    /// What happened, for logs, journals and reports; nil if the function failed.
    public let summary: Summary?
    private let notes: ProblemNotes
    /// The problems that began, last and ended, for the log; complete once the state changes have been
    /// made.
    public var problems: ProblemChanges { notes.changes }

    /// Concludes an event that was handled.
    ///
    /// - Parameters:
    ///   - output: The output, encoded here and nowhere else.
    ///   - changes: The state changes that belong to it.
    ///   - problems: The problems that began, last and ended.
    public init(
        _ function: FunctionName, output: some FunctionOutput,
        changing changes: StateChanges = .none, problems: ProblemNotes = ProblemNotes()
    ) {
        self.function = function
        self.changes = changes
        notes = problems
        document = JSON.encode(output)
        failure = nil
        followUps = output.followUps
        unfinished = output.retryAfterSeconds.map(Failure.unfinished(retryAfterSeconds:))
        exitStatus = output.exitStatus
        summary = output.summary
    }

    /// Concludes an event whose function failed or could not be reached.
    public init(_ function: FunctionName, failure: Failure) {
        self.function = function
        self.failure = failure
        document = JSON.encode(FailureReport(failure))
        followUps = []
        changes = .none
        unfinished = nil
        exitStatus = CommandStatus(failure)
        summary = nil
        notes = ProblemNotes()
    }

    /// Why the same event is worth sending again, if it is: the failure, or what is unfinished.
    public var retryReason: Failure? { failure ?? unfinished }

    /// What becomes of an event that was received from a queue.
    ///
    /// - Parameter attempt: The attempt that ended, from 1.
    public func settlement(attempt: Int) -> Settlement {
        retryReason.map { RetrySchedule.settlement(for: $0, attempt: attempt) } ?? .done
    }

    /// Makes the state changes now, for a caller that has nothing to combine them with.
    ///
    /// - Returns: The same conclusion with no state changes left; or the failure of making them.
    public func keeping() async -> Conclusion {
        do throws(Failure) {
            try await changes.keep()
            var kept = self
            kept.changes = .none
            return kept
        } catch {
            return Conclusion(function, failure: error)
        }
    }
}
