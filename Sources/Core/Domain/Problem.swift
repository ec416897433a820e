/// Something that keeps data from being collected, from when it was first seen until it is resolved.
///
///     {
///       "id": "authorization/1001-copilot", "kind": "authorization", "level": "problem",
///       "integration": "1001-copilot",
///       "text": "nothing is collected: GitHub no longer accepts the person's authorization",
///       "remedy": "Authorize again at https://usage.example/authorize",
///       "since": "2026-11-22T06:00:00Z", "seen": "2026-11-24T06:00:00Z",
///       "announced": "2026-11-24T06:00:00Z"
///     }
public struct Problem: Codable, Hashable, Sendable {
    /// What kind of problem it is.
    ///
    /// The list is open, so that an older version can show what a newer one has stored. The raw
    /// values are part of stored state and of JSON output, and never change.
    public struct Kind: RawRepresentable, Codable, Hashable, Sendable {
        /// The name.
        public let rawValue: String

        /// Names a kind.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A person has to authorize an integration again.
        public static let authorization = Kind(rawValue: "authorization")
        /// GitHub could not be asked about an integration; the next tick asks again.
        public static let unavailable = Kind(rawValue: "unavailable")
        /// An account is not collected, because it could not be read.
        public static let unreadable = Kind(rawValue: "unreadable")
        /// The App's installation is suspended.
        public static let suspended = Kind(rawValue: "suspended")
        /// An organization that was collected is no longer reached.
        public static let missing = Kind(rawValue: "missing")
        /// An account is left out.
        public static let skipped = Kind(rawValue: "skipped")
        /// The person does not own the organization.
        public static let notOwner = Kind(rawValue: "not-owner")
        /// An organization is collected, but something about it needs a person.
        public static let attention = Kind(rawValue: "attention")
        /// A source failed or was refused.
        public static let source = Kind(rawValue: "source")
        /// The backend refused samples.
        public static let backend = Kind(rawValue: "backend")
        /// Events failed permanently.
        public static let deadLetters = Kind(rawValue: "dead-letters")
        /// Events failed and are waiting for their next attempt.
        public static let retrying = Kind(rawValue: "retrying")
        /// The daily tick did not run.
        public static let missedTick = Kind(rawValue: "missed-tick")
        /// Nobody has connected GitHub.
        public static let notConnected = Kind(rawValue: "not-connected")
        /// The samples about the collector were not written.
        public static let collectorMetrics = Kind(rawValue: "collector-metrics")
        /// State cannot be read.
        public static let state = Kind(rawValue: "state")
    }

    /// How much it matters.
    public enum Level: String, Codable, Sendable {
        /// Data is missing. It counts in the exit status and in health checks.
        case problem
        /// People should know, but nothing has failed.
        case notice
    }

    /// The identity: the same problem has the same id each time it is found.
    public var id: String
    /// The kind.
    public var kind: Kind
    /// How much it matters.
    public var level: Level
    /// The integration, if it concerns one.
    public var integration: String?
    /// The organization, if it concerns one.
    public var organization: String?
    /// The source, if it concerns one.
    public var source: String?
    /// The outcome of the source.
    public var outcome: String?
    /// The days that it affects, in order.
    public var days: [Day]?
    /// Whether none of ``days`` can be read any more, so that only a newer day can show that the
    /// source works again.
    public var isPast: Bool?
    /// What is wrong.
    public var text: String
    /// What to do.
    public var remedy: String?
    /// When it was first seen.
    public var since: Timestamp
    /// When it was last seen.
    public var seen: Timestamp
    /// When the log last mentioned it.
    public var announced: Timestamp

    /// The longest text, in characters, because stores limit the size of a value.
    private static let textLengthMax = 600

    /// Creates a problem that was found just now.
    public init(
        _ kind: Kind, _ id: String, level: Level = .problem, integration: String? = nil,
        organization: String? = nil, source: String? = nil, outcome: String? = nil,
        days: [Day]? = nil, text: String, remedy: String? = nil, at now: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.level = level
        self.integration = integration
        self.organization = organization
        self.source = source
        self.outcome = outcome
        self.days = days
        self.text = String(text.prefix(Self.textLengthMax))
        self.remedy = remedy.map { String($0.prefix(Self.textLengthMax)) }
        since = now
        seen = now
        announced = now
    }

    /// Whether it counts in the exit status and in health checks.
    public var isFault: Bool { level == .problem }

    /// What it is about, such as `acme, users-1-day: failed (3 days)`.
    public var subject: String {
        let about = [organization ?? integration, source].compactMap(\.self).joined(separator: ", ")
        let what = outcome ?? (organization == nil && integration == nil ? kind.rawValue : "")
        let head = [about, what].filter { !$0.isEmpty }.joined(separator: ": ")
        guard let days, let first = days.first else { return head }
        return head + (days.count == 1 ? " (\(first))" : " (\(days.count) days)")
    }
}

extension Problem {
    /// A stored entry that cannot be read and is written anew, for the log.
    ///
    /// It is over as soon as it is known, so it is never stored.
    ///
    /// - Parameter failure: Why it cannot be read; its first sentence names the entry.
    public static func replaced(
        _ failure: Failure, organization: OrganizationLogin? = nil, at now: Timestamp
    ) -> Problem {
        let what = failure.message.split(separator: ". ", maxSplits: 1).first.map(String.init)
        return Problem(
            .state, "replaced/\(failure.message)", organization: organization?.description,
            text: "\(what ?? failure.message). It is written anew, and nothing else is affected",
            remedy: "If this happens again, check the disk or the database that STATE_STORE names",
            at: now)
    }
}
