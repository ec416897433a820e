public import Domain

/// Everything that GitHub knows before the first request: a plain value, made once and then lent.
public struct World: Sendable {
    /// Who can sign in and authorize the App.
    public var people: [Person]
    /// The organizations, by the order in which GitHub lists them.
    public var organizations: [SimulatedOrganization]
    /// Installations that are not on an organization: a collector has to step over them.
    public var otherInstallations: [OtherInstallation]
    /// When reports appear and change; where two rules fit, the later one counts.
    public var publication: [PublicationRule]

    /// Creates a world.
    public init(
        people: [Person], organizations: [SimulatedOrganization],
        otherInstallations: [OtherInstallation] = [], publication: [PublicationRule] = []
    ) {
        self.people = people
        self.organizations = organizations
        self.otherInstallations = otherInstallations
        self.publication = publication
    }

    /// Takes in another world; who and what is in both stays as it is here.
    public mutating func add(_ other: World) {
        people += other.people.filter { person in !people.contains { $0.id == person.id } }
        organizations += other.organizations.filter { organization in
            !organizations.contains { $0.id == organization.id }
        }
        otherInstallations += other.otherInstallations
        publication += other.publication
    }

    /// The organization with this login, in any case.
    public func organization(_ login: String) -> SimulatedOrganization? {
        organizations.first { $0.login.lowercased() == login.lowercased() }
    }

    /// The organization that this installation is on.
    public func organization(installation: Int64) -> SimulatedOrganization? {
        organizations.first { $0.installation?.id == installation }
    }

    /// Changes the organization with this login; does nothing if there is none.
    public mutating func update(
        _ login: String, _ change: (inout SimulatedOrganization) -> Void
    ) {
        let index = organizations.firstIndex { $0.login.lowercased() == login.lowercased() }
        if let index { change(&organizations[index]) }
    }

    /// Changes every organization.
    public mutating func updateAll(_ change: (inout SimulatedOrganization) -> Void) {
        for index in organizations.indices { change(&organizations[index]) }
    }

    /// What there is of a report at a moment.
    ///
    /// - Parameters:
    ///   - source: Which report.
    ///   - organization: Whose.
    ///   - day: Of which day.
    ///   - moment: When it is asked for.
    /// - Returns: Whether it is there, and how often it was revised by then.
    public func report(
        _ source: Source, of organization: SimulatedOrganization, day: Day, at moment: Timestamp
    ) -> ReportState {
        guard organization.history.days.contains(day) else { return .notReady }
        let rules = publication.filter { $0.covers(source, organization.login, day) }
        let age = moment.since(Timestamp(startOf: day.advanced(by: 1)))
        var delay: Duration? = PublicationRule.usualDelay
        var revision = 0
        for rule in rules {
            switch rule.effect {
            case .published(let after): delay = after
            case .withheld: delay = nil
            case .revised(let after): revision += age >= after ? 1 : 0
            }
        }
        guard let delay, age >= delay else { return .notReady }
        let shardCount = organization.history.shardCount(
            source, of: organization, day: day, revision: revision)
        return shardCount == 0
            ? .notReady : .published(ReportEdition(revision: revision, shardCount: shardCount))
    }

    /// The files of a report as they are at a moment, for who wants to know without asking.
    ///
    /// - Parameters:
    ///   - source: Which report.
    ///   - organization: Whose.
    ///   - day: Of which day.
    ///   - moment: When.
    /// - Returns: NDJSON, file by file; empty if there is no report.
    public func files(
        _ source: Source, of organization: SimulatedOrganization, day: Day, at moment: Timestamp
    ) -> [[UInt8]] {
        guard
            case .published(let edition) = report(source, of: organization, day: day, at: moment)
        else { return [] }
        return (0..<edition.shardCount).compactMap { index in
            organization.history.shard(
                index, of: source, of: organization, day: day, revision: edition.revision)
        }
    }
}

/// What there is of a report at a moment.
public enum ReportState: Hashable, Sendable {
    /// Nothing, or nothing yet.
    case notReady
    /// A report in this edition.
    case published(ReportEdition)
}

/// A report as it stands after so many revisions.
public struct ReportEdition: Hashable, Sendable {
    /// How often it was revised.
    public let revision: Int
    /// How many files it is split into.
    public let shardCount: Int
}
