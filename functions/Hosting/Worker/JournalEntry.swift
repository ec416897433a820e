public import Domain
import Ports

/// One attempt at one event, and what came of it: a line of the journal.
public struct JournalEntry: Codable, Hashable, Sendable {
    /// What became of the event.
    public enum Verdict: String, Codable, Sendable {
        /// It is handled.
        case done
        /// It failed and will be tried again.
        case retry
        /// It failed for good.
        case dead
    }

    /// When the attempt ended, by the clock that the functions see.
    public var time: Timestamp
    /// The function that ran.
    public var function: FunctionName
    /// The event's id.
    public var event: String
    /// What the event is about.
    public var subject: String?
    /// Which attempt it was, from 1.
    public var attempt: Int
    /// What became of the event.
    public var verdict: Verdict
    /// What the function returned; events that follow from it are a count here.
    public var result: JSONValue?
    /// How the attempt failed.
    public var failure: FailureReport.Content?
    /// When the event is due again.
    public var retryAt: Timestamp?
    /// How long the attempt took, in real time.
    public var durationMilliseconds: Int

    /// Creates an entry.
    public init(
        time: Timestamp, function: FunctionName, event: String, subject: String? = nil,
        attempt: Int = 1, verdict: Verdict, result: JSONValue? = nil,
        failure: FailureReport.Content? = nil, retryAt: Timestamp? = nil,
        durationMilliseconds: Int = 0
    ) {
        self.time = time
        self.function = function
        self.event = event
        self.subject = subject
        self.attempt = attempt
        self.verdict = verdict
        self.result = result
        self.failure = failure
        self.retryAt = retryAt
        self.durationMilliseconds = durationMilliseconds
    }
}
