public import Domain
import Toolbox

/// The people in the files that the sink `file:` has written.
///
/// The page of one organization asks for them, so only the files of organizations that somebody looks
/// at are read for it.
public actor PeopleIndex: PeopleSource {
    private var files: IndexFolder
    private let executor = ThreadExecutor("people-index")

    /// Reading blocks, so the actor has its own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Creates an index of the files below a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder of the sink.
    ///   - isWriting: Whether to keep the index in the folder, as ``SampleIndex`` does.
    public init(folder: String, isWriting: Bool) {
        files = IndexFolder(folder, isWriting: isWriting, .people)
    }

    /// Adds up the days of each person; files that changed since are read again.
    public func people(
        of organization: OrganizationLogin, _ days: ClosedRange<Day>
    ) throws(Failure) -> PeopleAnswer {
        let (index, problems) = files.index(of: organization, days)
        return PeopleAnswer(people: index.people(days), problems: problems)
    }
}

extension OrganizationIndex {
    /// The people with a sample within the days.
    func people(_ range: ClosedRange<Day>) -> [PersonUse] {
        var totals = [(sum: Double, dayCount: Int, newest: Day?)](
            repeating: (0, 0, nil), count: names.count)
        for day in range {
            for point in days[day]?.points ?? [] {
                let series = Int(point.series)
                totals[series].sum += point.value
                totals[series].dayCount += 1
                totals[series].newest = day
            }
        }
        var sums = PeopleSums()
        for (name, total) in zip(names.map(\.name), totals) {
            guard let newest = total.newest, let metric = PeopleMetric(rawValue: name.metric)
            else { continue }
            sums.add(total.sum, of: metric, name.labels)
            guard metric == .interactions else { continue }
            sums.add(days: total.dayCount, name.labels)
            sums.add(newest: newest, name.labels)
        }
        return sums.people
    }
}
