/// What a whole report says, without its samples.
public struct ReportSurvey: Hashable, Sendable {
    /// A fingerprint of all samples, in any order, without the users' names and addresses.
    public let digest: String
    /// The samples that the report makes, without those of replaced records.
    public let samples: Int
    /// The files of the report.
    public let files: Int
    /// The records of the report, including those that were skipped or replaced.
    public let records: Int
    /// The records of the day that name their user.
    public let usableRecords: Int
    /// The size of all files together, in bytes.
    public let byteCount: Int
    /// The records that a later one replaces, as ``ReportPass`` numbers them.
    public let replaced: ReplacedRecords
    /// The value of each series, to be compared with the next reading; empty in a second reading.
    public let snapshot: SeriesSnapshot
    /// Oddities that did not stop the reading, one sentence each.
    public let notes: [String]
}

/// What a reading found in some of a report's files.
public struct ReportPart: Sendable {
    let statistics: ReportStatistics
    let findings: Findings

    /// Combines the readings of all files, in any order.
    public static func survey(of parts: [ReportPart]) -> ReportSurvey {
        var statistics = ReportStatistics()
        statistics.reserve(parts.reduce(0) { $0 + $1.statistics.records })
        var findings = Findings()
        for part in parts {
            statistics.merge(part.statistics)
            findings.merge(part.findings)
        }
        return statistics.survey(findings: findings)
    }
}
