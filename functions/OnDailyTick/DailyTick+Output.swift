public import Domain
public import FunctionInterface
public import GitHub

extension DailyTick {
    /// The days to collect, and the organizations that are not collected.
    ///
    /// ```json
    /// {"time": "2026-11-22T06:00:00Z", "events": [],
    ///  "skipped": [{"organization": "ada", "reason": "this is a personal account, not an organization"}],
    ///  "attention": [{"integration": "9-copilot", "reason": "nothing is collected: …"}]}
    /// ```
    public struct Output: Codable, Hashable, Sendable {
        /// The time of the tick.
        public var time: Timestamp
        /// The integrations that the tick was restricted to, if it was.
        public var integrations: [IntegrationID]?
        /// One event for each organization and day to collect; of a tick that was split, one tick for
        /// each part.
        public var events: [CloudEvent]
        /// The organizations that are not collected, and the reasons.
        public var skipped: [SkippedAccount]
        /// The problems that a person should look at.
        public var attention: [Attention]
        /// After how many seconds the same tick is worth sending again, because GitHub could not answer
        /// for an integration; the ids of its events are the same then.
        public var retryAfterSeconds: Int?

        /// Creates an output.
        public init(
            time: Timestamp, integrations: [IntegrationID]? = nil, events: [CloudEvent],
            skipped: [SkippedAccount], attention: [Attention], retryAfter: Duration? = nil
        ) {
            self.time = time
            self.integrations = integrations
            self.events = events
            self.skipped = skipped
            self.attention = attention
            retryAfterSeconds = retryAfter?.secondsRoundedUp
        }
    }

    /// A problem that a person should look at.
    public struct Attention: Codable, Hashable, Sendable {
        /// The ID of the integration concerned.
        public var integration: String
        /// The organization concerned; nil if the problem concerns the integration as a whole.
        public var organization: String?
        /// The problem, and what to do about it.
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
                time: time, integrations: integrations?.map(\.description),
                events: events.count { $0.type == .collect },
                organizations: organizationCount, ticks: tickCount,
                skipped: skipped.map { Notice(organization: $0.organization, reason: $0.reason) },
                attention: attention.map {
                    Notice(
                        integration: $0.integration, organization: $0.organization,
                        reason: $0.reason)
                }))
    }

    private var organizationCount: Int {
        Set(events.compactMap { $0.data["organization"]?.text }).count
    }

    private var tickCount: Int? {
        let count = events.count { $0.type == .tick }
        return count == 0 ? nil : count
    }

    /// The events to publish.
    public var followUps: [CloudEvent] { events }

    /// A fault if an integration as a whole could not be read: that hides organizations which nobody
    /// can name.
    public var exitStatus: CommandStatus {
        attention.contains { $0.organization == nil } ? .fault : .done
    }
}
