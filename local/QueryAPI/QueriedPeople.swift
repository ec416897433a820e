public import Domain
public import SampleIndex
import Toolbox

/// The people of organizations in a backend, which adds up their days itself.
public struct QueriedPeople: PeopleSource {
    /// How many queries the backend is asked at once.
    private static let queryCountMax = 4

    private let api: QueryAPI

    /// Reads people through a client.
    public init(_ api: QueryAPI) { self.api = api }

    /// Adds up the days of each person: one query per column, and no series of a day.
    ///
    /// A backend that cannot be asked is a problem of the answer, because a page has more to show.
    public func people(
        of organization: OrganizationLogin, _ days: ClosedRange<Day>
    ) async throws(Failure) -> PeopleAnswer {
        let columns = PeopleMetric.allCases.map(Column.sum) + [.dayCount, .newest]
        // A subquery has its steps at midnight: that of the last day is a second after its samples.
        let end = Timestamp(startOf: days.upperBound.advanced(by: 1))
        let api = api
        do throws(Failure) {
            let answers = try await columns.concurrentMap(atMost: Self.queryCountMax) {
                column throws(Failure) in
                try await api.query(column.query(organization, days.count), at: end)
            }
            var sums = PeopleSums()
            for (column, series) in zip(columns, answers) {
                for one in series {
                    guard let value = one.points.first?.value else { continue }
                    switch column {
                    case .sum(let metric): sums.add(value, of: metric, one.labels)
                    case .dayCount: sums.add(days: Int(value), one.labels)
                    case .newest:
                        guard let end = Timestamp(fractionalSeconds: value) else { continue }
                        let last = end.advanced(by: .milliseconds(-1))
                        sums.add(newest: Day(containing: last), one.labels)
                    }
                }
            }
            return PeopleAnswer(people: sums.people)
        } catch {
            return PeopleAnswer(problems: [error.message + "."])
        }
    }

    /// What a query returns of each person.
    private enum Column {
        case sum(PeopleMetric)
        case dayCount
        /// The end of the newest day, in seconds since 1970.
        case newest

        func query(_ organization: OrganizationLogin, _ dayCount: Int) -> String {
            let selector = "{organization=\(QueryAPI.quoted("\(organization)"))}"
            // A second less, so that midnight before the first day is not a step of it.
            let range = "\(dayCount * 86_400 - 1)s"
            let user = "user_id, user_login"
            let interactions = "\(PeopleMetric.interactions.rawValue)\(selector)"
            switch self {
            case .sum(let metric):
                let labels = metric.label.map { "\(user), \($0)" } ?? user
                return "sum by (\(labels)) (sum_over_time(\(metric.rawValue)\(selector)[\(range)]))"
            case .dayCount: return "sum by (\(user)) (count_over_time(\(interactions)[\(range)]))"
            case .newest:
                return """
                    max by (\(user)) (max_over_time((last_over_time(\(interactions)[1d]) * 0 \
                    + time())[\(range):1d]))
                    """
            }
        }
    }
}
