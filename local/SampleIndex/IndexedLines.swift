/// Which lines of a day's file an index keeps.
enum IndexedLines {
    /// Those of the organization as a whole.
    case organization
    /// Those of users from which a table of people is made.
    case people

    /// The start of the names of all metrics that have a line per user.
    private static let userPrefix = Array("github_copilot_user_".utf8)
    private static let peopleMetrics = Set(PeopleMetric.allCases.map { Array($0.rawValue.utf8) })

    /// Whether to read the lines of a family.
    func contains(family: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .organization: !family.starts(with: Self.userPrefix)
        case .people: Self.peopleMetrics.contains(Array(family))
        }
    }

    /// Whether to keep a series.
    func contains(_ name: ParsedSeriesName) -> Bool {
        switch self {
        // A family that this version does not know may have a line per user too.
        case .organization: !name.labels.keys.contains { $0.hasPrefix("user_") }
        case .people: PeopleMetric(rawValue: name.metric) != nil
        }
    }

    /// The first line of an index that is kept.
    var firstLine: String {
        switch self {
        case .organization: "copilot-usage series 1"
        case .people: "copilot-usage people 1"
        }
    }

    /// The end of the name of an index that is kept.
    ///
    /// No login contains a dot.
    var fileEnding: String {
        switch self {
        case .organization: ""
        case .people: ".people"
        }
    }

    /// The most organizations that are kept in memory: one has many more people than series.
    var organizationCountMax: Int {
        switch self {
        case .organization: 300
        case .people: 8
        }
    }
}
