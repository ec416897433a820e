/// What a whole report says, without its samples.
public struct ReportSurvey: Hashable, Sendable {
    /// Stands for all samples but the users' names and addresses, whatever order they came in.
    public let digest: String
    /// The samples that the report makes.
    public let samples: Int
    /// The files that were read.
    public let files: Int
    /// The records that were read.
    public let records: Int
    /// The records that made samples or could have.
    public let usableRecords: Int
    /// The bytes that were read.
    public let byteCount: Int
    /// The records that a later one replaces, by their place in the report.
    public let replaced: Set<Int>
    /// What was said of each series, to be compared with the next reading; empty where the reading
    /// was made without.
    public let imprint: SeriesSnapshot
    /// What was met that stopped nothing, one sentence each.
    public let notes: [String]
}

/// What one reading found in some files of a report; the files are read several at a time.
public struct ReportPart: Sendable {
    let tally: Tally
    let findings: Findings

    /// Puts the readings of all files together.
    ///
    /// - Parameter parts: One for each file, in the order of the files; what they say does not depend
    ///   on which was read first.
    /// - Returns: What the whole report says.
    public static func survey(of parts: [ReportPart]) -> ReportSurvey {
        var tally = Tally()
        tally.reserve(parts.reduce(0) { $0 + $1.tally.records })
        var findings = Findings()
        for part in parts {
            tally.merge(part.tally)
            findings.merge(part.findings)
        }
        return tally.survey(findings: findings)
    }
}
