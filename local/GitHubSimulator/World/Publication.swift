public import Domain

/// A rule about when some reports appear or change.
///
/// GitHub promises a report within two full UTC days after its day, and lets it change for about
/// three, <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/reconciling-usage-metrics>.
public struct PublicationRule: Hashable, Sendable {
    /// The effect on the reports; durations count from the end of the report's day.
    public enum Effect: Hashable, Sendable {
        /// The reports appear after this time.
        case published(after: Duration)
        /// The content of the reports changes after this time.
        case revised(after: Duration)
        /// The reports never appear.
        case withheld
    }

    /// When a report appears without a rule.
    public static let usualDelay: Duration = .seconds(2 * 3_600)

    /// The organization; nil for all.
    public var organization: String?
    /// The report; nil for all.
    public var source: Source?
    /// The days; nil for all.
    public var days: ClosedRange<Day>?
    /// The effect.
    public var effect: Effect

    /// Creates a rule.
    public init(
        organization: String? = nil, source: Source? = nil, days: ClosedRange<Day>? = nil,
        _ effect: Effect
    ) {
        self.organization = organization
        self.source = source
        self.days = days
        self.effect = effect
    }

    func covers(_ source: Source, _ organization: String, _ day: Day) -> Bool {
        // What costs least is compared first: a long life has thousands of rules.
        days.map { $0.contains(day) } ?? true
            && self.source.map { $0 == source } ?? true
            && self.organization.map { $0.lowercased() == organization.lowercased() } ?? true
    }
}
