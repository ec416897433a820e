public import Domain
public import Ports

/// The problems of the events on a bus, and of its records.
public enum QueueProblems {
    /// The problems of a bus at present.
    ///
    /// - Throws: What the bus throws.
    static func found(on bus: any EventBus, at now: Timestamp) async throws(Failure) -> [Problem] {
        found(in: try await bus.queued(), at: now) + found(in: try await bus.damage(), at: now)
    }

    /// What the bus says is wrong with its own records.
    private static func found(in damage: [String], at now: Timestamp) -> [Problem] {
        damage.map { text in
            Problem(
                .state, "state/\(text.prefix(80))", text: text,
                remedy: "Look at the files, then remove the folder", at: now)
        }
    }

    /// Dead letters, and events that wait for another attempt, those with the same reason together.
    ///
    /// An event that is only unfinished has a manifest, which says what failed.
    public static func found(in events: [QueuedEvent], at now: Timestamp) -> [Problem] {
        let dead = events.filter { $0.due == nil }
        let unfinished = Failure.unfinished(retryAfterSeconds: 0).description
        let retried = events.filter { $0.due != nil && $0.reason != nil && $0.reason != unfinished }
        return groups(dead, .deadLetters, at: now) + groups(retried, .retrying, at: now)
    }

    private static func groups(
        _ events: [QueuedEvent], _ kind: Problem.Kind, at now: Timestamp
    ) -> [Problem] {
        events.grouped { $0.reason ?? "" }.map { reason, events in
            let count = events.count == 1 ? "1 event" : "\(events.count) events"
            let about = Set(events.compactMap(\.organization)).sorted()
            let next = events.compactMap(\.due).min()
            let dead = "\(count) failed permanently: \(reason)"
            let retry = "\(count) failed and will be tried again: \(reason)"
            var problem = Problem(
                kind, "\(kind.rawValue)/\(reason.prefix(80))",
                // Two processes at the same day: one was faster, and that is all.
                level: reason.hasPrefix(Failure.Code.conflict.rawValue) ? .notice : .problem,
                organization: about.count == 1 ? about[0] : nil,
                text: kind == .deadLetters ? dead : retry,
                remedy: kind == .deadLetters
                    ? "When the cause is gone: copilot-local dead-letters redrive"
                    : "Nothing, unless it lasts: the next attempt is at "
                        + (next.map(\.description) ?? "once"),
                at: now)
            problem.since = events.map(\.event.time).min() ?? now
            return problem
        }
    }
}

extension QueuedEvent {
    /// The organization that the event is about.
    fileprivate var organization: String? { event.data["organization"]?.text }
}
