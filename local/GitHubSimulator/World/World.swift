public import Domain

/// The data of a simulated GitHub.
public struct World: Sendable {
    /// The people who can sign in and authorize the App.
    public var people: [Person]
    /// The organizations, in the order in which GitHub lists them.
    public var organizations: [SimulatedOrganization]
    /// Installations on accounts that are not organizations, which a collector has to skip.
    public var otherInstallations: [OtherInstallation]
    /// Enterprises whose bill can be read.
    public var enterprises: [SimulatedEnterprise] = []
    /// When reports appear and change; of two rules for a report, the later one counts.
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

    /// Adds another world; people and organizations that are in both stay unchanged.
    public mutating func add(_ other: World) {
        people += other.people.filter { person in !people.contains { $0.id == person.id } }
        organizations += other.organizations.filter { organization in
            !organizations.contains { $0.id == organization.id }
        }
        otherInstallations += other.otherInstallations
        publication += other.publication
        enterprises += other.enterprises
    }

    /// The organization with this login, ignoring case.
    public func organization(_ login: String) -> SimulatedOrganization? {
        organizationIndex(login).map { organizations[$0] }
    }

    /// The organization with this installation.
    public func organization(installation: Int64) -> SimulatedOrganization? {
        organizations.first { $0.installation?.id == installation }
    }

    /// Changes the organization with this login, if there is one.
    public mutating func update(
        _ login: String, _ change: (inout SimulatedOrganization) -> Void
    ) {
        if let index = organizationIndex(login) { change(&organizations[index]) }
    }

    private func organizationIndex(_ login: String) -> Int? {
        // Nearly always it is spelled as it is.
        if let index = organizations.firstIndex(where: { $0.login == login }) { return index }
        let name = login.lowercased()
        return organizations.firstIndex { $0.login.lowercased() == name }
    }

    /// Changes every organization.
    public mutating func updateAll(_ change: (inout SimulatedOrganization) -> Void) {
        for index in organizations.indices { change(&organizations[index]) }
    }

    /// The state of a report.
    ///
    /// - Parameter moment: The time of the request.
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

    /// The files of a report, without a request.
    ///
    /// - Parameter moment: The time at which the files are read.
    /// - Returns: The NDJSON of each file; empty if there is no report.
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

/// The state of a report at a point in time.
public enum ReportState: Hashable, Sendable {
    /// There is no report, or not yet.
    case notReady
    /// The report is available in this edition.
    case published(ReportEdition)
}

/// A revision of a report.
public struct ReportEdition: Hashable, Sendable {
    /// How many times the report was revised.
    public let revision: Int
    /// The number of its files.
    public let shardCount: Int
}
