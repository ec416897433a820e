public import Domain

/// Something about when reports appear or change, for some reports.
///
/// GitHub promises a report within two full UTC days after its day, and lets it change for about
/// three, <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/reconciling-usage-metrics>.
public struct PublicationRule: Hashable, Sendable {
    /// What happens to the reports; times run from the end of the report's day.
    public enum Effect: Hashable, Sendable {
        /// They appear after this time.
        case published(after: Duration)
        /// They say something else from this time on.
        case revised(after: Duration)
        /// They never appear.
        case withheld
    }

    /// When a report appears unless a rule says otherwise.
    public static let usualDelay: Duration = .seconds(2 * 3_600)

    /// Of which organization; nil for all.
    public var organization: String?
    /// Of which kind; nil for all.
    public var source: Source?
    /// Of which days; nil for all.
    public var days: ClosedRange<Day>?
    /// What happens.
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
        self.source.map { $0 == source } ?? true
            && self.organization.map { $0.lowercased() == organization.lowercased() } ?? true
            && days.map { $0.contains(day) } ?? true
    }
}
