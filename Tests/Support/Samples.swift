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

/// Numbers that look random and are the same in every run: SplitMix64.
///
/// Source: <https://prng.di.unimi.it/splitmix64.c>.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins a sequence.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
