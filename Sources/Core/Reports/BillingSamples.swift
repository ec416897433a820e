public import Domain

extension SampleBatch {
    /// Adds the samples of one row of a bill.
    ///
    /// - Parameters:
    ///   - group: The group whose metrics are added; nil for those that are always written.
    ///   - labels: The row's labels; an empty value adds no label.
    ///   - value: Returns the row's number by the name of its JSON field, or nil if it has none.
    public mutating func addBillingRow(
        labels: [Label: String], of group: ExtraMetrics? = nil, value: (String) -> Double?
    ) {
        for label in Label.allCases {
            if label == .organization {
                addLabel(label, scope.organization.description)
            } else if let text = labels[label] {
                addLabel(label, text)
            }
        }
        let block = endBlock()
        for id in MetricID.every where id.metric.source == .billing && id.metric.group == group {
            guard let field = id.metric.path.split(separator: ".").last,
                let number = value(String(field))
            else { continue }
            add(id, number, head: block, tail: .empty)
        }
    }

    /// The digest and the snapshot of all samples of the batch, as in a ``ReportSurvey``.
    public var fingerprint: (digest: String, snapshot: SeriesSnapshot) {
        var statistics = ReportStatistics()
        statistics.add(self, from: 0, ordinal: 0, key: 0)
        let survey = statistics.survey(findings: Findings())
        return (survey.digest, survey.snapshot)
    }
}
