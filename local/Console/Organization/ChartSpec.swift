import Charts
import Domain
import SampleIndex

/// A chart of an organization's page: its question, and how it is made of samples.
struct ChartSpec: Sendable {
    /// How the values are drawn.
    enum Form: Sendable {
        /// A line per series.
        case lines
        /// A bar per day, a part per series.
        case bars
    }

    /// The name in addresses.
    var slug: String
    /// The question that the chart answers.
    var question: String
    /// What the values are and how they come about, in one sentence.
    var note: String
    var unit: ChartUnit
    var form: Form
    /// The metrics that are read.
    var metrics: [String]
    /// The same in PromQL; `ORG` stands for the selector of the organization.
    var queries: [String]
    /// Makes the series of the samples.
    var series: @Sendable (SeriesAnswer) -> [ChartSeries]

    /// The queries for one organization.
    func promQL(_ organization: OrganizationLogin) -> String {
        queries.map {
            $0.replacing("ORG", with: "organization=\"\(organization)\"")
        }.joined(separator: "\n\n")
    }
}

extension ChartSpec {
    /// One line per metric, each a series without further labels.
    static func totals(
        _ slug: String, _ question: String, _ note: String, _ unit: ChartUnit,
        _ parts: KeyValuePairs<String, String>
    ) -> ChartSpec {
        let parts = parts.map { ($0.key, "github_copilot_org_\($0.value)") }
        return ChartSpec(
            slug: slug, question: question, note: note, unit: unit, form: .lines,
            metrics: parts.map(\.1), queries: parts.map { "last_over_time(\($0.1){ORG}[1d])" }
        ) { answer in
            parts.compactMap { name, metric in
                answer[metric].summed(by: []).first.map { ChartSeries(name, $0.values) }
            }
        }
    }

    /// Bars of one metric, a part per value of a label; the largest first.
    static func breakdown(
        _ slug: String, _ question: String, _ note: String, _ unit: ChartUnit, _ metric: String,
        by label: String
    ) -> ChartSpec {
        let metric = "github_copilot_org_\(metric)"
        return ChartSpec(
            slug: slug, question: question, note: note, unit: unit, form: .bars,
            metrics: [metric],
            queries: ["sum by (\(label)) (last_over_time(\(metric){ORG}[1d]))"]
        ) { answer in
            answer[metric].summed(by: [label]).map {
                ChartSeries($0.labels[label] ?? "", $0.values)
            }.sorted(by: ChartSpec.isLarger)
        }
    }

    /// Orders by the sum of all days, the largest first.
    static func isLarger(_ one: ChartSeries, _ other: ChartSeries) -> Bool {
        func sum(_ series: ChartSeries) -> Double {
            series.values.reduce(0) { $0 + ($1 ?? 0) }
        }
        return (sum(other), one.name) < (sum(one), other.name)
    }
}
