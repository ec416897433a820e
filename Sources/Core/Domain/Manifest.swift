/// The state of one day of one organization: the output of `onCollectOrg`, kept in the store.
///
///     {
///       "organization": "acme", "day": "2026-11-21",
///       "integration": "1001-copilot", "installation": 555,
///       "sources": {
///         "organization-1-day": {"outcome": "written", "samples": 61, "records": 1, "shards": 1},
///         "users-1-day": {"outcome": "not-ready", "samples": 0, "reason": "GitHub has not …"}
///       },
///       "samples": 61, "final": false, "readAt": "2026-11-22T06:00:09Z",
///       "next": "the next tick reads it again"
///     }
public struct Manifest: Codable, Hashable, Sendable {
    /// The organization's login in the samples of the day.
    ///
    /// A later renaming does not change it.
    public var organization: OrganizationLogin
    /// The UTC day.
    public var day: Day
    /// The integration whose authorization gave access to the organization.
    public var integration: IntegrationID
    /// The GitHub App's installation on the organization.
    public var installation: InstallationID
    /// The result of each source.
    public var sources: [Source: SourceResult]
    /// The number of samples that the backend has, summed over all sources.
    public var samples: Int
    /// Whether the day is final: ticks do not read it again.
    public var final: Bool
    /// The time when the day was last read.
    public var readAt: Timestamp
    /// Why the whole organization could not be read, in one sentence a person can act on.
    public var reason: String?
    /// What happens to the day next, and whether a person has to act, in one sentence.
    public var next: String?
    /// The seconds to wait before a retry, when a source failed temporarily; nil when the next tick
    /// is soon enough.
    public var retryAfterSeconds: Int?

    /// How many days back a tick looks for open days.
    ///
    /// An older open day is only collected again when a caller asks for it with `from` and `to`.
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

    /// Decodes a manifest, without the sources that only a newer version knows.
    ///
    /// After a return to an older version, such a source must not make the day unreadable. The newer
    /// version collects it again while the day is open.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        organization = try values.decode(OrganizationLogin.self, forKey: .organization)
        day = try values.decode(Day.self, forKey: .day)
        integration = try values.decode(IntegrationID.self, forKey: .integration)
        installation = try values.decode(InstallationID.self, forKey: .installation)
        let results = try values.decode([String: SourceResult].self, forKey: .sources)
        sources = Dictionary(
            uniqueKeysWithValues: results.compactMap { name, result in
                Source(rawValue: name).map { ($0, result) }
            })
        samples = try values.decode(Int.self, forKey: .samples)
        final = try values.decode(Bool.self, forKey: .final)
        readAt = try values.decode(Timestamp.self, forKey: .readAt)
        reason = try values.decodeIfPresent(String.self, forKey: .reason)
        next = try values.decodeIfPresent(String.self, forKey: .next)
        retryAfterSeconds = try values.decodeIfPresent(Int.self, forKey: .retryAfterSeconds)
    }

    /// Whether GitHub refused a report, and would provide it after a person acts on the reason.
    ///
    /// Such a day becomes final like any other, so that ticks do not ask in vain. A caller can
    /// collect it again with `from` and `to`.
    public var isRefused: Bool {
        Source.reports.contains { sources[$0]?.outcome.isRefusal == true }
    }

    /// Whether the day makes the exit status 1.
    public var isFault: Bool { reason != nil || sources.values.contains(where: \.outcome.isFault) }

    /// How the day stands.
    public var state: DayState {
        if isFault { return .faulty }
        return sources.values.contains { $0.outcome == .notReady } ? .waiting : .complete
    }
}

/// How a collected day stands, in one word.
public enum DayState: CaseIterable, Hashable, Sendable {
    /// Everything that GitHub has published is there.
    case complete
    /// GitHub has not published a source yet.
    case waiting
    /// Something is missing until a person acts, or failed.
    case faulty
}

/// The result of one source of one day.
public struct SourceResult: Codable, Hashable, Sendable {
    /// The outcome.
    public var outcome: Outcome
    /// The number of samples that the backend has.
    public var samples: Int
    /// Whether the backend may have samples that it did not confirm, because it was sent some and the
    /// source failed; nil for no.
    public var unconfirmed: Bool?
    /// The reason for the outcome and what a person can do; nil for `written`, `unchanged` and
    /// `restated`.
    public var reason: String?
    /// The number of records read, duplicates included.
    public var records: Int?
    /// The number of files of the report.
    public var shards: Int?
    /// Of the bill: the enterprise on whose bill the numbers are; nil if it is the organization's own.
    public var enterprise: String?
    /// How the samples of a restated source differ from those sent before.
    public var changes: Changes?
    /// A digest of the source's content, without users' names and e-mail addresses.
    ///
    /// An equal digest means that nothing changed.
    public var digest: String?
    /// Remarks that do not affect the outcome: repeated records, unknown fields, or what a
    /// restatement changed.
    public var notes: [String]?

    /// The number of samples that a restatement affects.
    public struct Changes: Codable, Hashable, Sendable {
        /// Samples with a new value.
        public var changed: Int
        /// New samples.
        public var added: Int
        /// Samples that no longer exist.
        ///
        /// A backend that cannot delete still has them.
        public var removed: Int
        /// Whether the counts are extrapolated from a part of the series.
        public var estimated: Bool

        /// Creates counts.
        public init(changed: Int, added: Int = 0, removed: Int = 0, estimated: Bool = false) {
            self.changed = changed
            self.added = added
            self.removed = removed
            self.estimated = estimated
        }

        /// The number of affected samples.
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
