/// One metric: where its value comes from and what it means.
public struct Metric: Hashable, Sendable, CustomStringConvertible {
    /// The metric's full name.
    public let name: String
    /// What it is read from.
    public let source: Source
    /// Where the value stands in a record, as `field.field` or `list[].field`; empty for a metric
    /// that is 1 for each record.
    public let path: String
    /// The labels beside `organization` and the user's, in the order of ``Label``.
    public let labels: [Label]
    /// What the value counts in.
    public let unit: Unit
    /// What the value may be summed over; anything else makes a wrong number.
    public let sums: Sums
    /// The meaning in one sentence, as shown beside a chart.
    public let help: String

    /// The metric's name.
    public var description: String { name }

    init(
        _ name: String, _ source: Source, _ path: String, _ labels: [Label], _ unit: Unit,
        _ sums: Sums, _ help: String
    ) {
        self.name = name
        self.source = source
        self.path = path
        self.labels = labels
        self.unit = unit
        self.sums = sums
        self.help = help
    }

    /// What a value counts in.
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
        /// Money, in the currency the organization is billed in.
        case currency
        /// Money per billed unit.
        case currencyPerUnit = "currency/unit"
        /// Always 1.
        case membership
    }

    /// What a metric may be summed over.
    ///
    /// Nothing may be summed over teams, because a person can be in several; so there is a name for
    /// it, and no row has it.
    public struct Sums: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8
        /// Creates a set from its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Over days: each day counts its own.
        public static let days = Sums(rawValue: 1)
        /// Over users: each user counts their own.
        public static let users = Sums(rawValue: 2)
        /// Over teams: each team counts its own.
        public static let teams = Sums(rawValue: 4)
    }
}

/// A metric, by its place in ``Catalogue/metrics``.
public struct MetricID: Hashable, Comparable, Sendable {
    /// The place.
    public let index: UInt16

    init(index: UInt16) { self.index = index }

    /// The metric itself.
    public var metric: Metric { Catalogue.metrics[Int(index)] }

    /// Every metric's place, in order.
    public static let all = Catalogue.metrics.indices.map { MetricID(index: UInt16($0)) }

    /// Orders by place.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.index < rhs.index }
}
