/// What is known of one day of one organization: the result of `onCollectOrg`, kept in the store.
public struct Manifest: Codable, Hashable, Sendable {
    /// The organization, as the day's samples call it; a later renaming does not change that.
    public var organization: OrganizationLogin
    /// The UTC day.
    public var day: Day
    /// Whose authorization reached the organization.
    public var integration: IntegrationID
    /// The App's installation on the organization.
    public var installation: InstallationID
    /// What became of each source.
    public var sources: [Source: SourceResult]
    /// The samples of the day that the backend has, over all sources.
    public var samples: Int
    /// Whether the day is closed: nothing of it will be read again.
    public var final: Bool
    /// When the day was last read.
    public var readAt: Timestamp
    /// One sentence a person can act on, when the organization as a whole could not be read.
    public var reason: String?
    /// One sentence: what becomes of the day next, and whether anybody has to do something for it.
    public var next: String?
    /// After how many seconds the same event is worth sending again, when a source failed with
    /// what may pass; nil when the next tick is soon enough.
    public var retryAfterSeconds: Int?

    /// How many days back a tick looks for days that were begun and are not closed.
    ///
    /// An older one is left as it is until somebody asks for it by name.
    public static let openDayCountMax = 28

    /// Creates a manifest.
    public init(
        event: CollectEvent, sources: [Source: SourceResult], final: Bool, readAt: Timestamp,
        reason: String? = nil, retryAfter: Duration? = nil
    ) {
        organization = event.organization
        day = event.day
        integration = event.integration
        installation = event.installation
        self.sources = sources
        samples = sources.values.reduce(0) { $0 + $1.samples }
        self.final = final
        self.readAt = readAt
        self.reason = reason
        retryAfterSeconds = retryAfter?.secondsRoundedUp
    }

    /// Whether GitHub refused a report that it may give once somebody has done what the reason says.
    ///
    /// Such a day is closed like any other, or it would be asked for at each tick for nothing; who
    /// asks for it by name has it read again.
    public var isRefused: Bool {
        Source.reports.contains { [.noPermission, .policyOff].contains(sources[$0]?.outcome) }
    }

    /// Whether a person should hear of this day through the exit status.
    public var isFault: Bool { reason != nil || sources.values.contains(where: \.outcome.isFault) }
}

/// What became of one source of one day.
public struct SourceResult: Codable, Hashable, Sendable {
    /// The outcome.
    public var outcome: Outcome
    /// The samples of this source that the backend has.
    public var samples: Int
    /// Why, and what a person can do; nil for `written`, `unchanged` and `restated`.
    public var reason: String?
    /// The records that were read, duplicates included.
    public var records: Int?
    /// The files behind the report.
    public var shards: Int?
    /// How a restated source differs from what was sent before.
    public var changes: Changes?
    /// Stands for everything the source said, without names and addresses; equal digests mean that
    /// nothing changed.
    public var digest: String?
    /// Findings worth a look that stopped nothing: repeated records, unknown fields, what a
    /// restatement changed.
    public var notes: [String]?

    /// How many samples a restatement touched.
    public struct Changes: Codable, Hashable, Sendable {
        /// Samples that have another value.
        public var changed: Int
        /// Samples that are new.
        public var added: Int
        /// Samples that are gone; a backend that cannot delete still has them.
        public var removed: Int
        /// Whether the counts were extrapolated from a part of the series.
        public var estimated: Bool

        /// Creates counts.
        public init(changed: Int, added: Int = 0, removed: Int = 0, estimated: Bool = false) {
            self.changed = changed
            self.added = added
            self.removed = removed
            self.estimated = estimated
        }

        /// All samples that are not what they were.
        public var count: Int { changed + added + removed }
    }

    /// Creates a result.
    public init(
        _ outcome: Outcome, samples: Int = 0, reason: String? = nil, records: Int? = nil,
        shards: Int? = nil, digest: String? = nil, notes: [String]? = nil
    ) {
        self.outcome = outcome
        self.samples = samples
        self.reason = reason
        self.records = records
        self.shards = shards
        self.digest = digest
        self.notes = notes
    }
}
