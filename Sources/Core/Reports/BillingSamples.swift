public import Domain

extension SampleBatch {
    /// Adds the samples of one row of the billing summary.
    ///
    /// - Parameters:
    ///   - labels: The row's labels; an empty value adds no label.
    ///   - value: The row's number by the name of its JSON field, nil where GitHub gave none.
    public mutating func addBillingRow(
        labels: [Label: String], value: (String) -> Double?
    ) {
        for label in Label.allCases {
            if label == .organization {
                addLabel(label, scope.organization.description)
            } else if let text = labels[label] {
                addLabel(label, text)
            }
        }
        let block = endBlock()
        for id in MetricID.all where id.metric.source == .billing {
            guard let field = id.metric.path.split(separator: ".").last,
                let number = value(String(field))
            else { continue }
            add(id, number, head: block, tail: .empty)
        }
    }

    /// Stands for all samples of the batch, in any order, as ``ReportSurvey/digest`` does, and keeps
    /// what each says, as ``ReportSurvey/imprint`` does.
    public var print: (digest: String, imprint: SeriesSnapshot) {
        var tally = Tally()
        tally.add(self, from: 0, ordinal: 0, key: 0)
        let survey = tally.survey(findings: Findings())
        return (survey.digest, survey.imprint)
    }
}
