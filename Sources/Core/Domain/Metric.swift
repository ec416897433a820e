/// A metric: where its value comes from and what it means.
public struct Metric: Hashable, Sendable, CustomStringConvertible {
    /// The full name, such as `github_copilot_org_daily_active_users`.
    public let name: String
    /// The source that contains the value.
    public let source: Source
    /// The path of the value in a record, as `field.field` or `list[].field`; empty for a metric
    /// that is 1 per record.
    public let path: String
    /// The labels besides `organization` and those of the user, in the order of ``Label``.
    public let labels: [Label]
    /// The unit of the value.
    public let unit: Unit
    /// The dimensions over which summing gives a correct number.
    public let sums: Sums
    /// The meaning in one sentence, as shown beside a chart.
    public let help: String
    /// The group that switches the metric on; nil for a metric that is always written.
    public let group: ExtraMetrics?

    /// The metric's name.
    public var description: String { name }

    init(
        _ name: String, _ source: Source, _ path: String, _ labels: [Label], _ unit: Unit,
        _ sums: Sums, _ help: String, _ group: ExtraMetrics? = nil
    ) {
        self.name = name
        self.source = source
        self.path = path
        self.labels = labels
        self.unit = unit
        self.sums = sums
        self.help = help
        self.group = group
    }

    /// The unit of a value.
    public enum Unit: String, Sendable, CaseIterable {
        /// Distinct people.
        case users
        /// Lines of code.
        case lines
        /// Lines of code per user.
        case linesPerUser = "lines/user"
        /// Generations or acceptances of code.
        case activities
        /// Generations or acceptances of code per user.
        case activitiesPerUser = "activities/user"
        /// Prompts that users sent to Copilot.
        case interactions
        /// Prompts that users sent to Copilot, per user.
        case interactionsPerUser = "interactions/user"
        /// Sessions of the command line.
        case sessions
        /// Requests to a model.
        case requests
        /// Prompts to the command line.
        case prompts
        /// Tokens of a model.
        case tokens
        /// Tokens of a model per request.
        case tokensPerRequest = "tokens/request"
        /// Pull requests.
        case pullRequests = "pull requests"
        /// Suggestions in reviews.
        case suggestions
        /// Minutes.
        case minutes
        /// Billed units; the label `unit_type` names the unit.
        case quantity
        /// Money in the currency of the organization's bill.
        case currency
        /// Money per billed unit.
        case currencyPerUnit = "currency/unit"
        /// Always 1.
        case membership
    }

    /// The dimensions over which a metric may be summed.
    ///
    /// No metric may be summed over teams, because a person can be in several.
    public struct Sums: OptionSet, Hashable, Sendable {
        /// The bit mask.
        public let rawValue: UInt8
        /// Creates a set from a bit mask.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Days: each day has its own count.
        public static let days = Sums(rawValue: 1)
        /// Users: each user has their own count.
        public static let users = Sums(rawValue: 2)
        /// Teams: each team has its own count.
        public static let teams = Sums(rawValue: 4)
    }
}

/// A metric as its index in ``Catalogue/every``.
public struct MetricID: Hashable, Comparable, Sendable {
    /// The index.
    public let index: UInt16

    init(index: UInt16) { self.index = index }

    /// The metric.
    public var metric: Metric { Catalogue.every[Int(index)] }

    /// The metrics that are always written, in the order of the catalogue.
    public static let all = Catalogue.metrics.indices.map { MetricID(index: UInt16($0)) }

    /// These and the optional ones.
    public static let every = Catalogue.every.indices.map { MetricID(index: UInt16($0)) }

    /// Orders by index.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.index < rhs.index }
}
