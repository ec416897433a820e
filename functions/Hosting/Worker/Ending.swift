import Toolbox
import FunctionInterface
import Domain
import Ports

/// How one attempt at an event came out, and what is to become of the event.
struct Ending {
    /// What the bus is told.
    let settlement: Settlement
    /// The events that follow.
    let events: [CloudEvent]
    /// What is to be remembered.
    let changes: StateChanges
    /// What the function returned, its events counted.
    let result: JSONValue?
    /// How it failed.
    let failure: Failure?

    /// Judges an attempt.
    ///
    /// - Parameters:
    ///   - answer: What the function returned or threw.
    ///   - attempt: Which attempt it was, from 1.
    ///   - isStopped: Whether the worker gave the attempt up because it has to end.
    init(_ answer: Result<Output, Failure>, attempt: Int, isStopped: Bool) {
        switch answer {
        case .success(let output):
            events = output.events
            changes = output.changes
            result = output.summary
            failure = nil
            settlement =
                output.unfinished.map { RetrySchedule.settlement(for: $0, attempt: attempt) }
                ?? .done
        case .failure(let failure):
            events = []
            changes = .none
            result = nil
            self.failure = failure
            // The event is at no fault: whoever is there takes it up at once.
            settlement =
                isStopped
                ? .retry(after: .zero, reason: "the worker was stopped before it was done")
                : RetrySchedule.settlement(for: failure, attempt: attempt)
        }
    }
}

/// What a function returned, as much of it as the bus and the journal need.
struct Output {
    /// The events that follow.
    let events: [CloudEvent]
    /// What is to be remembered.
    let changes: StateChanges
    /// The output with the events counted instead of listed.
    let summary: JSONValue
    /// Why the same event is worth sending again although there is a result: part of the work
    /// failed with what may pass.
    let unfinished: Failure?

    init(_ handled: Handled<[UInt8]>, of function: FunctionName) throws(Failure) {
        let bytes = handled.output
        let place = "the output of \(function.rawValue)"
        struct Advice: Decodable {
            var events: [CloudEvent]?
            var retryAfterSeconds: Int?
        }
        let advice = try JSON.decode(Advice.self, from: bytes, at: place)
        events = advice.events ?? []
        changes = handled.changes
        unfinished = advice.retryAfterSeconds.map(Failure.unfinished(retryAfterSeconds:))
        let value = try JSON.decode(JSONValue.self, from: bytes, at: place)
        guard case .object(var members) = value, members["events"] != nil else {
            summary = value
            return
        }
        members["events"] = .integer(Int64(events.count))
        summary = .object(members)
    }
}

extension JournalEntry {
    /// Tells of one attempt.
    init(_ delivery: EventDelivery, ending: Ending, at time: Timestamp, milliseconds: Int) {
        self.init(
            time: time, function: delivery.event.type.function, event: delivery.event.id,
            subject: delivery.event.subject, attempt: delivery.attempt, verdict: .done,
            result: ending.result, failure: ending.failure.map { FailureReport($0).error },
            durationMilliseconds: milliseconds)
        switch ending.settlement {
        case .done, .extend: break
        case .dead: verdict = .dead
        case .retry(let wait, _):
            verdict = .retry
            retryAt = time.advanced(by: wait)
        }
    }
}
