public import Domain

/// What an organization did with Copilot, day by day.
public enum History: Sendable {
    /// Made up from a seed.
    case generated(GeneratedHistory)
    /// As it was recorded, byte for byte; a revision changes nothing.
    case recorded([Source: [Day: [UInt8]]])

    /// Lets people work on weekends as on other days; what was recorded stays as it is.
    public mutating func worksOnWeekends() {
        guard case .generated(var history) = self else { return }
        history.hasWeekends = false
        self = .generated(history)
    }

    /// Splits reports into files of so many users; what was recorded stays as it is.
    public mutating func files(of usersPerShard: Int) {
        guard case .generated(var history) = self else { return }
        history.usersPerShard = usersPerShard
        self = .generated(history)
    }

    /// The days that there is anything of, as a span.
    var days: ClosedRange<Day> {
        switch self {
        case .generated(let history): return history.days
        case .recorded(let files):
            let days = files.values.flatMap(\.keys)
            let none = Day(number: 0)
            return (days.min() ?? none)...(days.max() ?? none)
        }
    }

    /// How many files a report is split into; 0 if there is none.
    func shardCount(
        _ source: Source, of organization: SimulatedOrganization, day: Day, revision: Int
    ) -> Int {
        switch self {
        case .generated(let history):
            history.shardCount(source, of: organization, day: day, revision: revision)
        case .recorded(let files):
            files[source]?[day].map { $0.isEmpty ? 0 : 1 } ?? 0
        }
    }

    /// The bytes of one file of a report.
    ///
    /// - Parameters:
    ///   - index: Which file, from 0.
    ///   - source: Which report.
    ///   - organization: Whose.
    ///   - day: Of which day.
    ///   - revision: After how many revisions.
    /// - Returns: NDJSON; nil if there is no such file.
    func shard(
        _ index: Int, of source: Source, of organization: SimulatedOrganization, day: Day,
        revision: Int
    ) -> [UInt8]? {
        switch self {
        case .generated(let history):
            history.shard(index, of: source, of: organization, day: day, revision: revision)
        case .recorded(let files):
            index == 0 ? files[source]?[day] : nil
        }
    }
}
