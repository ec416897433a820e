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
    /// What was met that stopped nothing, one sentence each.
    public let notes: [String]
}
