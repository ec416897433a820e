public import Domain
public import GitHub
public import Ports

/// Checks everything that a collection needs, and suggests a fix for each problem.
///
///     settings ─▶ state ─▶ GitHub, clock, App ─▶ authorizations ─▶ organizations ─▶ files ─▶ backends
///
/// It sends the same requests as the functions, through the same code. It changes nothing of
/// consequence: one key is written to the store and removed, a backend is sent one sample about the
/// collector, and a person's tokens are renewed only if the next tick would have to renew them.
public final class DoctorChecks {
    /// A backend that samples are sent to.
    public struct Backend: Sendable {
        /// The name that the settings give it.
        public var name: String
        /// Whether what it accepts can be read where samples are read back.
        public var isQueried: Bool
        /// Sends one sample with the given timestamp.
        public var probe: @Sendable (Timestamp) async throws(Failure) -> Delivery

        /// Creates a backend.
        public init(
            name: String, isQueried: Bool = true,
            probe: @escaping @Sendable (Timestamp) async throws(Failure) -> Delivery
        ) {
            self.name = name
            self.isQueried = isQueried
            self.probe = probe
        }
    }

    /// The settings that are checked or mentioned.
    public struct Setup: Sendable {
        /// The warnings about settings.
        public var warnings: [String]
        /// The address at which a person authorizes.
        public var authorizeURL: String
        /// The number of past days that a tick checks.
        public var lookbackDays: Int
        /// The labels that identify a user.
        public var identity: UserIdentity
        /// The only organizations to check; empty for all.
        public var organizations: [OrganizationLogin]
        /// The organizations that the settings choose.
        public var selection: OrganizationSelection
        /// Whether the App is that of the state store.
        public var isAppStored: Bool

        /// Creates a setup.
        public init(
            warnings: [String] = [], authorizeURL: String, lookbackDays: Int = 3,
            identity: UserIdentity = .full, organizations: [OrganizationLogin] = [],
            selection: OrganizationSelection = .all, isAppStored: Bool = false
        ) {
            self.warnings = warnings
            self.authorizeURL = authorizeURL
            self.lookbackDays = lookbackDays
            self.identity = identity
            self.organizations = organizations
            self.selection = selection
            self.isAppStored = isAppStored
        }
    }

    let setup: Setup
    let github: GitHubClient
    let store: any KeyValueStore
    let vault: any Vault
    let clock: any WallClock
    let entropy: any Entropy
    private let backends: [Backend]
    private let readBack: ReadBack?
    /// Whether a backend that can be read back has accepted a sample.
    var hasSentSample = false
    private let progress: (Check.Name, String?) -> Void
    private(set) var diagnosis = Diagnosis()
    /// The parts of the enterprise's bill that were read.
    var enterpriseParts: [BillingSummary] = []

    /// Creates the checks.
    ///
    /// - Parameters:
    ///   - setup: The settings.
    ///   - github: The client that the functions use.
    ///   - store: The state store.
    ///   - vault: Opens the sealed entries of the store.
    ///   - clock: Real time.
    ///   - entropy: Makes a key in the store that no one else uses.
    ///   - backends: The backends that samples are sent to.
    ///   - readBack: Where samples can be read back; nil if no setting says so.
    ///   - progress: Receives each check and its subject before the check runs.
    public init(
        setup: Setup, github: GitHubClient, store: any KeyValueStore, vault: any Vault,
        clock: any WallClock, entropy: any Entropy, backends: [Backend],
        readBack: ReadBack? = nil, progress: @escaping (Check.Name, String?) -> Void = { _, _ in }
    ) {
        self.setup = setup
        self.github = github
        self.store = store
        self.vault = vault
        self.clock = clock
        self.entropy = entropy
        self.backends = backends
        self.readBack = readBack
        self.progress = progress
    }

    /// Runs every check once.
    ///
    /// - Returns: The findings; failures are part of them.
    public func run() async -> Diagnosis {
        await check(.settings) { () throws(Failure) in
            setup.warnings.isEmpty
                ? .ok("complete and valid")
                : .warning("complete, with warnings", fix: setup.warnings.joined(separator: "; "))
        }
        let integrations = await checkState()
        await checkApp()
        let whole = await checkBillingToken()
        let reached = await checkAuthorizations(of: integrations)
        var newest: NewestReport?
        for reach in reached {
            let report = await checkOrganization(reach)
            if let report, newest.map({ $0.day < report.day }) ?? true { newest = report }
        }
        if let whole { checkEnterpriseBill(whole) }
        await checkOutcomes(of: integrations)
        await checkFiles(of: newest)
        for backend in backends { await checkBackend(backend) }
        if let readBack { await checkReadBack(readBack) }
        return diagnosis
    }

    /// The last day that has ended.
    var yesterday: Day { Day(containing: clock.now()).advanced(by: -1) }

    /// The organizations to check; nil for all.
    var only: [OrganizationLogin]? { setup.organizations.isEmpty ? nil : setup.organizations }

    /// Runs one check, unless a check that it depends on found a problem.
    ///
    /// - Parameters:
    ///   - about: The organization, integration or backend; nil if there is only one subject.
    ///   - needs: The checks that must have succeeded, for the same subject or for all.
    ///   - look: Returns the finding; a failure is a problem.
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

    /// Adds a finding.
    func note(_ name: Check.Name, _ about: String?, _ finding: Finding) {
        diagnosis.note(name, about, finding)
    }

    /// Skips checks that depend on another.
    func skip(_ names: [Check.Name], _ about: String? = nil, needs: Check.Name) {
        for name in names { note(name, about, .skipped(needs: needs)) }
    }
}
