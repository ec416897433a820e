public import Domain
public import FunctionInterface
import Host
import Ports

/// One attempt at one event and its outcome: a line of the journal.
public struct JournalEntry: Codable, Hashable, Sendable {
    /// The verdict on an event after an attempt.
    public enum Verdict: String, Codable, Sendable {
        /// The event was handled.
        case done
        /// The attempt failed and will be retried.
        case retry
        /// The event failed permanently.
        case dead
    }

    /// The time when the attempt ended, by the clock that the functions see.
    public var time: Timestamp
    /// The function that ran.
    public var function: FunctionName
    /// The event's id.
    public var event: String
    /// The event's subject.
    public var subject: String?
    /// The number of the attempt, from 1.
    public var attempt: Int
    /// The verdict on the event.
    public var verdict: Verdict
    /// The function's result, with follow-up events as a count only.
    public var result: Conclusion.Summary?
    /// The failure of the attempt.
    public var failure: FailureReport.Content?
    /// The problems that began, last and ended; nil if there are none.
    public var problems: ProblemChanges?
    /// The time when the event is due again.
    public var retryAt: Timestamp?
    /// The duration of the attempt in milliseconds of real time.
    public var durationMilliseconds: Int

    /// Creates an entry.
    public init(
        time: Timestamp, function: FunctionName, event: String, subject: String? = nil,
        attempt: Int = 1, verdict: Verdict, result: Conclusion.Summary? = nil,
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

    /// Creates an entry for one attempt.
    init(
        _ delivery: EventDelivery, _ event: ConcludedEvent, at time: Timestamp, milliseconds: Int
    ) {
        self.init(
            time: time, function: delivery.event.type.function, event: delivery.event.id,
            subject: delivery.event.subject, attempt: delivery.attempt, verdict: .done,
            result: event.conclusion.summary,
            failure: event.conclusion.failure.map { FailureReport($0).error },
            durationMilliseconds: milliseconds)
        if !event.conclusion.problems.isEmpty { problems = event.conclusion.problems }
        switch event.settlement {
        case .done, .extend: break
        case .dead: verdict = .dead
        case .retry(let wait, _):
            verdict = .retry
            retryAt = time.advanced(by: wait)
        }
    }

    /// The day's manifest, if the event collected one.
    public var manifest: Manifest? {
        guard case .day(let manifest)? = result else { return nil }
        return manifest
    }

    /// The tick's summary, if the event was a tick.
    public var tick: TickSummary? {
        guard case .tick(let summary)? = result else { return nil }
        return summary
    }
}

/// Encodes the result as the JSON that the function returned; the function determines its type.
extension JournalEntry {
    /// The recorded part of a browser response: no page content and nothing that the browser sent.
    private struct Response: Codable {
        var status: Int
        var integration: ConnectedIntegration?
    }

    private enum CodingKeys: CodingKey {
        case time, function, event, subject, attempt, verdict, result, failure, problems, retryAt
        case durationMilliseconds
    }

    /// Decodes a line.
    ///
    /// A result that another version wrote in a different format is omitted.
    public init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: CodingKeys.self)
        time = try line.decode(Timestamp.self, forKey: .time)
        function = try line.decode(FunctionName.self, forKey: .function)
        event = try line.decode(String.self, forKey: .event)
        subject = try line.decodeIfPresent(String.self, forKey: .subject)
        attempt = try line.decode(Int.self, forKey: .attempt)
        verdict = try line.decode(Verdict.self, forKey: .verdict)
        failure = try line.decodeIfPresent(FailureReport.Content.self, forKey: .failure)
        problems = try? line.decodeIfPresent(ProblemChanges.self, forKey: .problems)
        retryAt = try line.decodeIfPresent(Timestamp.self, forKey: .retryAt)
        durationMilliseconds = try line.decode(Int.self, forKey: .durationMilliseconds)
        switch function {
        case .onCollectOrg:
            result = (try? line.decode(Manifest.self, forKey: .result)).map { .day($0) }
        case .onDailyTick:
            result = (try? line.decode(TickSummary.self, forKey: .result)).map { .tick($0) }
        case .onAuthorize, .onAuthorizeCallback:
            result = (try? line.decode(Response.self, forKey: .result)).map {
                .page(WebPage(status: $0.status, integration: $0.integration))
            }
        }
    }

    /// Encodes a line.
    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: CodingKeys.self)
        try line.encode(time, forKey: .time)
        try line.encode(function, forKey: .function)
        try line.encode(event, forKey: .event)
        try line.encodeIfPresent(subject, forKey: .subject)
        try line.encode(attempt, forKey: .attempt)
        try line.encode(verdict, forKey: .verdict)
        switch result {
        case .day(let manifest): try line.encode(manifest, forKey: .result)
        case .tick(let summary): try line.encode(summary, forKey: .result)
        case .page(let page):
            try line.encode(
                Response(status: page.status, integration: page.integration), forKey: .result)
        case nil: break
        }
        try line.encodeIfPresent(failure, forKey: .failure)
        try line.encodeIfPresent(problems, forKey: .problems)
        try line.encodeIfPresent(retryAt, forKey: .retryAt)
        try line.encode(durationMilliseconds, forKey: .durationMilliseconds)
    }
}
