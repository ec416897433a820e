import Domain
import Fakes
import Testing

/// The conventions of <https://prometheus.io/docs/practices/naming/>, as far as a list can keep them.
@Suite("Metrics about the collector")
struct CollectorMetricTests {
    @Test("have names of their own, with the unit at the end")
    func names() {
        let names = CollectorMetric.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(names).isDisjoint(with: Catalogue.every.map(\.name)))
        for metric in CollectorMetric.all {
            #expect(
                metric.name.hasPrefix(CollectorMetric.prefix)
                    || metric.name.hasPrefix("process_") && metric.place == .page)
            #expect(metric.name.allSatisfy { $0.isLowercase || $0 == "_" })
            #expect(metric.labels == metric.labels.sorted())
            #expect(metric.help.hasSuffix("."))
            // A unit that Prometheus has a base unit for is part of the name.
            if [.seconds, .bytes].contains(metric.unit) { #expect(metric.declaredUnit != nil) }
        }
    }

    @Test(
        "have a time of their own for each day that is collected in the same second",
        arguments: ["2025-03-02T06:00:00Z", "2025-03-02T06:00:00.999Z", "1969-12-31T23:59:59.5Z"])
    func moments(now: String) throws {
        let now = try #require(Timestamp(now))
        let first = try #require(Day("1968-05-01"))
        let moments = (0..<1_000).map {
            CollectorReport.moment(collecting: first.advanced(by: $0), at: now)
        }
        #expect(Set(moments).count == 1_000)
        for moment in moments {
            #expect(abs(moment.milliseconds - now.milliseconds) < 1_000)
        }
    }

    @Test("have one sample per state, the present one among them")
    func states() {
        var report = CollectorReport(
            at: Timestamp(seconds: 0), tags: SampleTags(application: "copilot"))
        report.add(.outcome, Outcome(rawValue: "new-word"), [:])
        let known = Outcome.allCases.map { _ in 0.0 }
        #expect(report.samples.map(\.value) == known + [1])
    }
}
