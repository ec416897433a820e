public import Domain

extension CollectorReport {
    /// A report about one collection of a day of `acme`, or of another organization.
    public static func example(
        _ organization: String = "acme", collecting day: String = "2025-03-01",
        at now: String = "2025-03-02T06:00:00Z", outcome: Outcome = .written, samples: Int = 10
    ) -> CollectorReport {
        guard let day = Day(day), let now = Timestamp(now) else { preconditionFailure("no time") }
        var report = CollectorReport(
            at: CollectorReport.moment(collecting: day, at: now),
            tags: SampleTags(application: "copilot"))
        let labels = ["organization": organization, "source": Source.users.rawValue]
        report.add(.outcome, outcome, labels)
        report.add(.samples, Double(samples), labels)
        report.add(.duration, 1.5, labels)
        return report
    }
}
