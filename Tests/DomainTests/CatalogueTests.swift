import Domain
import TestSupport
import Testing

@Suite("The metric catalogue")
struct CatalogueTests {
    @Test("has exactly the documented names and labels")
    func documented() throws {
        let rows = MetricID.all.map { id in
            let metric = id.metric
            let user = ["user_login", "user_id?"]
            let subject: [String] =
                switch metric.source {
                case .users: user + ["user_email?", "user_name?"]
                case .userTeams: user
                case .organization, .billing, .members: []
                }
            let labels = metric.labels.map { label in
                metric.source == .billing && label == .model ? "model?" : label.description
            }
            let all = (["organization"] + subject + labels).sorted()
            return ([metric.name] + all).joined(separator: " ")
        }
        let documented = try Repository.lines("Tests/Fixtures/documented-metrics.txt")
        #expect(rows.count == 110)
        #expect(Set(rows) == Set(documented))
    }

    @Test("has no path and no name twice")
    func unique() {
        #expect(Set(Catalogue.metrics.map(\.name)).count == Catalogue.metrics.count)
        let fields = Catalogue.metrics.map { "\($0.source) \($0.path)" }
        #expect(Set(fields).count == Catalogue.metrics.count)
    }

    @Test("lists labels in the order of their names", arguments: Catalogue.metrics)
    func labelOrder(metric: Metric) {
        #expect(metric.labels == metric.labels.sorted())
        #expect(metric.labels.map(\.description) == metric.labels.map(\.description).sorted())
    }

    @Test("declares labels in the order of their names")
    func labels() {
        let names = Label.allCases.map(\.description)
        #expect(names == names.sorted())
    }

    @Test("describes each metric in a sentence", arguments: Catalogue.metrics)
    func help(metric: Metric) {
        #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"))
        #expect(metric.help.count < 120)
    }

    @Test(
        "allows sums only where they are correct",
        arguments: Catalogue.metrics)
    func sums(metric: Metric) {
        let isMean = metric.name.contains("_avg_") || metric.name.contains("_median_")
        let isDistinct = metric.unit == .users
        if isMean || isDistinct || metric.source == .billing { #expect(metric.sums.isEmpty) }
        if metric.sums.contains(.users) { #expect(metric.name.hasPrefix("github_copilot_user_")) }
        #expect(!metric.sums.contains(.teams))
    }
}
