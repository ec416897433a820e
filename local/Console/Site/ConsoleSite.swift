public import Domain
public import Ports
public import Runner
public import SampleIndex
import Toolbox
public import Worker

/// All pages and documents of the console.
///
/// It reads, and changes nothing.
public struct ConsoleSite: Sendable {
    /// What the pages are made of.
    public struct Sources: Sendable {
        /// The state.
        public var store: any KeyValueStore
        /// The events.
        public var bus: any EventBus
        /// The problems that are kept until they are resolved.
        public var problems: @Sendable () async -> [Problem]
        /// The newest attempts, oldest first.
        public var journal: @Sendable () -> [JournalEntry]
        /// The samples; nil if no setting says where they are.
        public var series: (any SeriesSource)?
        /// The numbers of single people, likewise.
        public var people: (any PeopleSource)?
        /// How samples identify people.
        public var identity: UserIdentity
        /// What the doctor found last; nil if this program does not check.
        public var checks: LatestDiagnosis?
        /// The present.
        public var clock: any WallClock
        /// The time of the next daily tick; nil if this program has no schedule.
        public var nextTick: @Sendable (Timestamp) -> Timestamp?
        /// The newest day to expect; nil for yesterday, or without a schedule the newest stored.
        public var through: Day?
        /// The address of GitHub's pages.
        public var gitHub: String
        /// Whether there is a GitHub App, as far as this program can tell.
        public var hasApp: @Sendable () async -> Bool

        /// Collects the sources.
        public init(
            store: any KeyValueStore, bus: any EventBus, clock: any WallClock, gitHub: String,
            series: (any SeriesSource)? = nil, people: (any PeopleSource)? = nil,
            identity: UserIdentity = .full, checks: LatestDiagnosis? = nil,
            through: Day? = nil,
            hasApp: @escaping @Sendable () async -> Bool = { true },
            problems: @escaping @Sendable () async -> [Problem] = { [] },
            journal: @escaping @Sendable () -> [JournalEntry] = { [] },
            nextTick: @escaping @Sendable (Timestamp) -> Timestamp? = { _ in nil }
        ) {
            self.store = store
            self.bus = bus
            self.clock = clock
            self.gitHub = gitHub
            self.hasApp = hasApp
            self.series = series
            self.people = people
            self.identity = identity
            self.checks = checks
            self.through = through
            self.problems = problems
            self.journal = journal
            self.nextTick = nextTick
        }
    }

    let sources: Sources
    let index: DayIndex

    /// Creates the site.
    public init(_ sources: Sources) {
        self.sources = sources
        index = DayIndex(sources.store)
    }

    /// Answers a request.
    ///
    /// - Returns: nil if the path is not of this site.
    public func answer(_ request: ConsoleRequest) async -> ConsoleResponse? {
        let parts = request.parts
        let isAPI = parts.first == "api"
        do throws(Failure) {
            switch (parts.first, parts.count) {
            case (nil, _): return try await overview(request)
            case ("organizations", 2): return try await organization(parts[1], request)
            case ("organizations", 3) where parts[2] == "people.csv":
                return try await peopleTable(parts[1], request)
            case ("organizations", 4) where parts[2] == "days":
                return try await day(parts[1], parts[3], request)
            case ("organizations", 4) where parts[2] == "charts":
                return try await chart(parts[1], parts[3], request)
            case ("metrics", 2): return try await metric(parts[1], request)
            case ("events", 1): return try await events(request)
            case ("checks", 1): return await checks(request)
            case ("collect", 1): return try await collect(request)
            case ("integrations", 2): return try await integration(parts[1], request)
            case ("favicon.svg", 1): return ConsoleFrame.icon
            case ("api", 2): return try await document(parts[1], request)
            default: return nil
            }
        } catch {
            let message = "\(error.message)"
            return isAPI
                ? ConsoleAPI.refusal(503, error.code.rawValue, message)
                : ConsoleFrame.refusal(503, "The state cannot be read", message)
        }
    }

    /// What a path is answered that leads nowhere.
    public static let nothingHere = ConsoleFrame.refusal(
        404, "Page not found", "There is nothing at this address.")
}
