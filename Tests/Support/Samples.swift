public import Domain

extension SampleBatch {
    /// Adds a sample the way a test writes it.
    ///
    /// - Parameters:
    ///   - metric: The metric's name, which the catalogue must have.
    ///   - value: The value.
    ///   - head: The labels of the first block, in order.
    ///   - tail: The labels of the second block, in order.
    public mutating func add(
        _ metric: String, _ value: Double, _ head: KeyValuePairs<Label, String>,
        _ tail: KeyValuePairs<Label, String> = [:]
    ) {
        guard let id = Catalogue.byName[metric] else { preconditionFailure("no metric \(metric)") }
        let blocks = [head, tail].map { labels in
            for (label, value) in labels { addLabel(label, value) }
            return endBlock()
        }
        add(id, value, head: blocks[0], tail: blocks[1])
    }

    /// The samples as a backend gives them back: the value by name and labels.
    public var values: [SeriesLabels: Double] {
        var values: [SeriesLabels: Double] = [:]
        for sample in samples {
            var series = ["__name__": sample.metric.metric.name]
            for (label, value) in labels(of: sample) { series[label.description] = value }
            values[series] = sample.value
        }
        return values
    }
}

extension SampleScope {
    /// A scope of the organization `acme`.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - day: The report day; by default one that is long past on every machine's clock.
    /// - Returns: The scope.
    public static func acme(_ source: Source, _ day: String = "2025-03-01") -> SampleScope {
        guard let organization = OrganizationLogin("acme"), let day = Day(day) else {
            preconditionFailure("\(day) is no day")
        }
        return SampleScope(
            organization: organization, day: day, source: source,
            tags: SampleTags(application: "copilot", subsystem: "tests"))
    }
}
