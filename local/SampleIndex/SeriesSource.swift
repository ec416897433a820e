public import Domain

/// Where pages get samples: the series of an organization as a whole, never those of a user.
public protocol SeriesSource: Sendable {
    /// Reads samples of one organization.
    ///
    /// - Throws: `unavailable`, `timedOut` or `unauthorized` if the source as a whole cannot be
    ///   read. What is wrong with a part is in ``SeriesAnswer/problems``.
    func read(_ query: SeriesQuery) async throws(Failure) -> SeriesAnswer
}

/// Which samples to read.
public struct SeriesQuery: Hashable, Sendable {
    /// The organization.
    public var organization: OrganizationLogin
    /// The days.
    public var days: ClosedRange<Day>
    /// The names of the metrics; nil for all.
    public var metrics: Set<String>?

    /// Creates a query.
    public init(
        _ organization: OrganizationLogin, _ days: ClosedRange<Day>, metrics: Set<String>? = nil
    ) {
        self.organization = organization
        self.days = days
        self.metrics = metrics
    }
}

/// The samples that were found.
public struct SeriesAnswer: Sendable {
    /// The days that were asked for.
    public var days: ClosedRange<Day>
    /// The series that have a sample on one of the days, by name and labels.
    public var series: [SampleSeries]
    /// What could not be read, in sentences for a person.
    public var problems: [String]

    /// Creates an answer.
    public init(days: ClosedRange<Day>, series: [SampleSeries] = [], problems: [String] = []) {
        self.days = days
        self.series = series
        self.problems = problems
    }

    /// The series of a metric.
    public subscript(metric: String) -> [SampleSeries] { series.filter { $0.metric == metric } }
}

/// One series: a metric with its labels, and a value per day.
public struct SampleSeries: Hashable, Sendable {
    /// The metric's name.
    public var metric: String
    /// The labels, without `organization`.
    public var labels: [String: String]
    /// A value per day of the query; nil where there is no sample.
    public var values: [Double?]

    /// Creates a series.
    public init(metric: String, labels: [String: String], values: [Double?]) {
        self.metric = metric
        self.labels = labels
        self.values = values
    }
}

extension [SampleSeries] {
    /// Adds up series that agree in the given labels.
    ///
    /// A day without any sample stays empty.
    ///
    /// - Parameter labels: The labels to keep; none adds up everything.
    /// - Returns: The sums, in the order in which they first occur.
    public func summed(by labels: [String]) -> [SampleSeries] {
        var sums: [SampleSeries] = []
        var places: [[String]: Int] = [:]
        for series in self {
            let kept = labels.map { series.labels[$0] ?? "" }
            if let place = places[kept] {
                for (day, value) in series.values.enumerated() {
                    guard let value else { continue }
                    sums[place].values[day] = (sums[place].values[day] ?? 0) + value
                }
            } else {
                places[kept] = sums.count
                sums.append(
                    SampleSeries(
                        metric: series.metric,
                        labels: series.labels.filter { labels.contains($0.key) },
                        values: series.values))
            }
        }
        return sums
    }
}
