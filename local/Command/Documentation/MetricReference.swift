import Domain

/// One metric as the reference describes it, in text and in JSON.
struct MetricReference: Encodable {
    /// The metric's full name.
    let name: String
    /// The meaning in one sentence.
    let help: String
    /// What a value counts, such as `lines`.
    let unit: String
    /// Every label that a series can carry, by name.
    let labels: [String]
    /// What the value is read from, as the manifests name it.
    let source: String
    /// The path of the value in a record of the source; nil if the value is always 1.
    let sourceField: String?
    /// The dimensions over which a sum is correct: `days`, `users`.
    let sumOver: [String]
    /// The word in `EXTRA_METRICS` that switches the metric on; nil if it is always written.
    let optional: String?

    /// Whether it is about the collector, not about Copilot.
    var isAboutCollector: Bool { !name.hasPrefix("github_copilot_") }

    init(_ metric: Metric) {
        name = metric.name
        help = metric.help
        unit = metric.unit.rawValue
        labels = (metric.source.commonLabels + metric.labels).sorted().map(\.description)
        source = metric.source.rawValue
        sourceField = metric.path.isEmpty ? nil : metric.path
        sumOver = [("days", .days), ("users", .users), ("teams", .teams)]
            .filter { (_, dimension: Metric.Sums) in metric.sums.contains(dimension) }.map(\.0)
        optional = metric.group?.rawValue
    }

    init(_ metric: CollectorMetric) {
        name = metric.name
        help = metric.help
        unit = metric.unit.rawValue
        labels = metric.labels
        source = metric.isWritten ? "collector" : "/metrics"
        sourceField = nil
        sumOver = []
        optional = nil
    }

    /// The reference of every metric: the catalogue in its order, then those about the collector.
    static let all =
        Catalogue.every.map { MetricReference($0) }
        + CollectorMetric.all.map { MetricReference($0) }
}

extension Source {
    /// The labels on every series that is read from the source.
    var commonLabels: [Label] {
        switch self {
        case .organization, .billing, .members: [.organization]
        case .userTeams: [.organization, .userID, .userLogin]
        case .users: [.organization, .userEmail, .userID, .userLogin, .userName]
        }
    }

    /// The heading of the source's metrics.
    var title: String {
        switch self {
        case .organization: "Organization"
        case .users: "Users"
        case .userTeams: "Teams"
        case .billing: "Billing"
        case .members: "Members"
        }
    }
}
