/// Samples about the collector itself: what one collection of a day came to.
///
/// They are written through the same backends as the samples of the day, by
/// ``MetricSink/write(_:)``.
public struct CollectorReport: Hashable, Sendable {
    /// A label of a sample.
    public struct Label: Hashable, Sendable {
        /// The label's name.
        public let name: String
        /// The label's value.
        public let value: String

        /// Creates a label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// One value of one series.
    public struct Sample: Hashable, Sendable {
        /// The metric.
        public let metric: CollectorMetric
        /// The labels, sorted by name; none is empty.
        public let labels: [Label]
        /// The value.
        public let value: Double
    }

    /// The time of all samples; see ``moment(collecting:at:)``.
    public let time: Timestamp
    /// The application and subsystem names of the samples.
    public let tags: SampleTags
    /// The samples, no two of the same series.
    public private(set) var samples: [Sample] = []

    /// Creates a report without samples.
    public init(at time: Timestamp, tags: SampleTags) {
        self.time = time
        self.tags = tags
    }

    /// Adds a sample.
    ///
    /// - Parameter labels: The labels by name.
    public mutating func add(
        _ metric: CollectorMetric, _ value: Double, _ labels: [String: String] = [:]
    ) {
        samples.append(Sample(metric: metric, labels: Self.sorted(labels), value: value))
    }

    private static func sorted(_ labels: [String: String]) -> [Label] {
        labels.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { Label($0, $1) }
    }

    /// Adds one sample for each outcome: 1 for `present`, and 0 for the others.
    public mutating func add(
        _ metric: CollectorMetric, _ present: Outcome, _ labels: [String: String]
    ) {
        let known = Outcome.allCases
        let labels = Self.sorted(labels)
        let place = labels.firstIndex { $0.name > "outcome" } ?? labels.count
        for outcome in known + (known.contains(present) ? [] : [present]) {
            var own = labels
            own.insert(Label("outcome", outcome.rawValue), at: place)
            samples.append(Sample(metric: metric, labels: own, value: outcome == present ? 1 : 0))
        }
    }

    /// Adds the end of a day, as a point in time.
    public mutating func add(
        _ metric: CollectorMetric, endOf day: Day, _ labels: [String: String]
    ) {
        add(metric, Double(Timestamp(endOf: day).seconds), labels)
    }

    /// Adds how many days of an organization are open, and the newest that is final.
    ///
    /// - Parameter days: The days that have been collected, and whether each is final.
    public mutating func add(_ days: [Day: Bool], today: Day, _ labels: [String: String]) {
        let oldest = today.advanced(by: -Manifest.openDayCountMax)
        add(.openDays, Double(days.count { !$0.value && $0.key >= oldest }), labels)
        if let newest = days.filter(\.value).keys.max() {
            add(.newestFinalDay, endOf: newest, labels)
        }
    }

    /// The time of the samples about the collection of a day.
    ///
    /// It is the second of the collection. Its milliseconds are the day's number modulo 1,000, so that
    /// days of one organization that are collected in the same second have different times: a
    /// backend refuses a second value of a series for the same moment.
    ///
    /// - Parameters:
    ///   - day: The day that is collected.
    ///   - now: When its collection began.
    public static func moment(collecting day: Day, at now: Timestamp) -> Timestamp {
        let slot = Int64(((day.number % 1_000) + 1_000) % 1_000)
        return Timestamp(milliseconds: now.seconds * 1_000 + slot)
    }
}
