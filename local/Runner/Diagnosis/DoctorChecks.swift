public import Domain
public import GitHub
public import Ports

/// Looks at everything that collecting needs, and says what to do where something is amiss.
///
///     settings ─▶ state ─▶ GitHub, clock, App ─▶ authorizations ─▶ organizations ─▶ files ─▶ backends
///
/// It asks as the functions ask, through the same code. Nothing is changed: in the store one key
/// comes and goes, a backend is sent one sample about the collector, and a person's tokens are
/// renewed only if the next tick would have to do it as well.
public final class DoctorChecks {
    /// A place that samples go to.
    public struct Backend: Sendable {
        /// What a person knows it by.
        public var name: String
        /// Finds out whether it takes a sample of a moment.
        public var probe: @Sendable (Timestamp) async throws(Failure) -> Delivery

        /// Creates a place.
        public init(
            name: String, probe: @escaping @Sendable (Timestamp) async throws(Failure) -> Delivery
        ) {
            self.name = name
            self.probe = probe
        }
    }

    /// What was set, as far as it is looked at.
    public struct Setup: Sendable {
        /// What is allowed and probably not meant.
        public var warnings: [String]
        /// Where a person authorizes.
        public var authorizeURL: String
        /// How many past days a tick makes sure of.
        public var lookbackDays: Int
        /// What is said of a person.
        public var identity: UserIdentity
        /// The only organizations to look at; empty for all.
        public var organizations: [OrganizationLogin]

        /// Creates a setup.
        public init(
            warnings: [String] = [], authorizeURL: String, lookbackDays: Int = 3,
            identity: UserIdentity = .full, organizations: [OrganizationLogin] = []
        ) {
            self.warnings = warnings
            self.authorizeURL = authorizeURL
            self.lookbackDays = lookbackDays
            self.identity = identity
            self.organizations = organizations
        }
    }

    let setup: Setup
    let github: GitHubClient
    let store: any KeyValueStore
    let vault: any Vault
    let clock: any WallClock
    let entropy: any Entropy
    private let backends: [Backend]
    private let progress: (Check.Name, String?) -> Void
    private(set) var diagnosis = Diagnosis()

    /// Prepares an examination.
    ///
    /// - Parameters:
    ///   - setup: What was set.
    ///   - github: GitHub, as the functions ask it.
    ///   - store: Where state is kept.
    ///   - vault: What opens the sealed part of it.
    ///   - clock: Real time.
    ///   - entropy: For a key of the store that nobody else uses.
    ///   - backends: Where samples go.
    ///   - progress: Told what is looked at next, and at whose.
    public init(
        setup: Setup, github: GitHubClient, store: any KeyValueStore, vault: any Vault,
        clock: any WallClock, entropy: any Entropy, backends: [Backend],
        progress: @escaping (Check.Name, String?) -> Void = { _, _ in }
    ) {
        self.setup = setup
        self.github = github
        self.store = store
        self.vault = vault
        self.clock = clock
        self.entropy = entropy
        self.backends = backends
        self.progress = progress
    }

    /// Looks at everything, once.
    ///
    /// - Returns: What was found; what fails is in it.
    public func run() async -> Diagnosis {
        await check(.settings) { () throws(Failure) in
            setup.warnings.isEmpty
                ? .ok("complete and of the right form")
                : .warning("complete, with warnings", fix: setup.warnings.joined(separator: "; "))
        }
        let integrations = await examineState()
        await examineApp()
        let reached = await examineAuthorizations(of: integrations)
        var newest: NewestReport?
        for reach in reached {
            let report = await examine(reach)
            if let report, newest.map({ $0.day < report.day }) ?? true { newest = report }
        }
        await examineFiles(of: newest)
        for backend in backends { await examine(backend) }
        return diagnosis
    }

    /// The last day that is over.
    var yesterday: Day { Day(containing: clock.now()).advanced(by: -1) }

    /// Which organizations to ask for; nil for all.
    var only: [OrganizationLogin]? { setup.organizations.isEmpty ? nil : setup.organizations }

    /// Looks at one thing, unless what it needs is not there.
    ///
    /// - Parameters:
    ///   - name: What is looked at.
    ///   - about: Whose.
    ///   - needs: What must be all right first, for the same subject or for all.
    ///   - look: Says what is there; a failure is a problem.
    func check(
        _ name: Check.Name, _ about: String? = nil, needs: [Check.Name] = [],
        _ look: () async throws(Failure) -> Finding
    ) async {
        if let obstacle = diagnosis.obstacle(among: needs, about: about) {
            return note(name, about, .skipped(needs: obstacle))
        }
        progress(name, about)
        do throws(Failure) {
            note(name, about, try await look())
        } catch {
            note(name, about, Finding(error))
        }
    }

    /// Takes down what was found.
    func note(_ name: Check.Name, _ about: String?, _ finding: Finding) {
        diagnosis.note(name, about, finding)
    }

    /// Leaves things out that need something.
    func skip(_ names: [Check.Name], _ about: String? = nil, needs: Check.Name) {
        for name in names { note(name, about, .skipped(needs: needs)) }
    }
}
