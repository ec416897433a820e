public import Domain

/// An organization's use of Copilot, day by day.
public enum History: Hashable, Sendable {
    /// Generated from a seed.
    case generated(GeneratedHistory)
    /// Recorded reports, byte for byte; revisions change nothing.
    case recorded([Source: [Day: [UInt8]]])

    /// Makes weekends like other days; does not change a recorded history.
    public mutating func worksOnWeekends() {
        guard case .generated(var history) = self else { return }
        history.hasWeekends = false
        self = .generated(history)
    }

    /// Splits reports into files of this many users; does not change a recorded history.
    public mutating func files(of usersPerShard: Int) {
        guard case .generated(var history) = self else { return }
        history.usersPerShard = usersPerShard
        self = .generated(history)
    }

    /// Limits the activities of a user on a day; does not change a recorded history.
    public mutating func activities(atMost count: Int) {
        guard case .generated(var history) = self else { return }
        history.activityCountMax = count
        self = .generated(history)
    }

    /// The first to the last day of the history.
    var days: ClosedRange<Day> {
        switch self {
        case .generated(let history): return history.days
        case .recorded(let files):
            let days = files.values.flatMap(\.keys)
            let none = Day(number: 0)
            return (days.min() ?? none)...(days.max() ?? none)
        }
    }

    /// The number of files of a report; 0 if there is no report.
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
    ///   - index: The number of the file, from 0.
    ///   - revision: How many times the report was revised.
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
