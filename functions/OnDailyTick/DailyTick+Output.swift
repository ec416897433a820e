public import Domain
public import FunctionInterface
public import GitHub

extension DailyTick {
    /// What is to be collected, and what is not.
    ///
    ///     {"attention":[],"events":[{"id":"collect/…","type":"copilot-usage.collect",…}],"skipped":[],
    ///      "time":"2026-11-22T06:00:00Z"}
    public struct Output: Codable, Hashable, Sendable {
        /// The moment that the tick stands for.
        public var time: Timestamp
        /// The days to collect.
        public var events: [CloudEvent]
        /// The organizations that are not collected, and why.
        public var skipped: [SkippedAccount]
        /// What a person should look at.
        public var attention: [Attention]
        /// After how many seconds the same tick is worth sending again, because GitHub could not answer
        /// for an integration; the ids of its events are the same then.
        public var retryAfterSeconds: Int?

        /// Creates an output.
        public init(
            time: Timestamp, events: [CloudEvent], skipped: [SkippedAccount],
            attention: [Attention], retryAfter: Duration? = nil
        ) {
            self.time = time
            self.events = events
            self.skipped = skipped
            self.attention = attention
            retryAfterSeconds = retryAfter?.secondsRoundedUp
        }
    }

    /// Something that a person should look at.
    public struct Attention: Codable, Hashable, Sendable {
        /// The integration.
        public var integration: String
        /// The organization, if it is about one.
        public var organization: String?
        /// What is wrong, and what to do.
        public var reason: String

        /// Creates an entry.
        public init(integration: String, organization: String? = nil, reason: String) {
            self.integration = integration
            self.organization = organization
            self.reason = reason
        }
    }
}

extension DailyTick.Output: FunctionOutput {
    /// The output with the events counted.
    public var summary: Conclusion.Summary {
        .tick(
            TickSummary(
                time: time, events: events.count,
                skipped: skipped.map { Notice(organization: $0.organization, reason: $0.reason) },
                attention: attention.map {
                    Notice(
                        integration: $0.integration, organization: $0.organization,
                        reason: $0.reason)
                }))
    }

    /// The events to publish.
    public var followUps: [CloudEvent] { events }

    /// A fault if an integration as a whole could not be read: that hides organizations which nobody
    /// can name.
    public var exitStatus: CommandStatus {
        attention.contains { $0.organization == nil } ? .fault : .done
    }
}
