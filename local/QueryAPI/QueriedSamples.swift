public import Domain
public import SampleIndex
import Toolbox

/// The samples of organizations in a backend, for the charts of pages.
public struct QueriedSamples: SeriesSource {
    private let api: QueryAPI

    /// Reads samples through a client.
    public init(_ api: QueryAPI) { self.api = api }

    /// Reads the samples themselves, by a range selector: no step and no look-back moves them.
    ///
    /// A backend that cannot be asked is a problem of the answer, because a page has more to show than
    /// charts.
    public func read(_ query: SeriesQuery) async throws(Failure) -> SeriesAnswer {
        let known = Self.metrics.filter { query.metrics?.contains($0.key) ?? true }
        guard !known.isEmpty else { return SeriesAnswer(days: query.days) }
        do throws(Failure) {
            let found = try await api.query(
                Self.selector(query.organization, known.keys.sorted(), query.days.count),
                at: Timestamp(endOf: query.days.upperBound))
            return SeriesAnswer(
                days: query.days, series: Self.series(found, query.days, known))
        } catch {
            return SeriesAnswer(days: query.days, problems: [error.message + "."])
        }
    }

    /// The metrics without a series per user, by name, with the labels that tell their series apart.
    private static let metrics: [String: Set<String>] = Dictionary(
        Catalogue.metrics.filter { !$0.name.hasPrefix("github_copilot_user_") }.map {
            ($0.name, Set($0.labels.map(\.description)))
        }, uniquingKeysWith: { $1 })

    /// A selector of all samples of the days: the first is stamped at the end of the first day.
    static func selector(
        _ organization: OrganizationLogin, _ metrics: [String], _ dayCount: Int
    ) -> String {
        let names = QueryAPI.quoted(metrics.joined(separator: "|"))
        let login = QueryAPI.quoted("\(organization)")
        return "{__name__=~\(names),organization=\(login)}[\(dayCount * 86_400 - 1)s]"
    }

    private static func order(_ series: SampleSeries) -> String {
        series.labels.sorted { $0.key < $1.key }.map(\.value).joined(separator: ",")
    }

    /// Labels that a backend added, such as that of a tenant, do not make another series.
    private static func series(
        _ found: [QueryAPI.Series], _ days: ClosedRange<Day>, _ known: [String: Set<String>]
    ) -> [SampleSeries] {
        var places: [SampleSeries: Int] = [:]
        var all: [SampleSeries] = []
        for series in found {
            guard let name = series.labels["__name__"], let labels = known[name] else { continue }
            let empty = SampleSeries(
                metric: name, labels: series.labels.filter { labels.contains($0.key) },
                values: Array(repeating: nil, count: days.count))
            let place = places[empty] ?? all.count
            if place == all.count {
                all.append(empty)
                places[empty] = place
            }
            for point in series.points {
                let day = Day(containing: point.time)
                guard days.contains(day) else { continue }
                all[place].values[days.lowerBound.distance(to: day)] = point.value
            }
        }
        return all.sorted { ($0.metric, order($0)) < ($1.metric, order($1)) }
    }
}
