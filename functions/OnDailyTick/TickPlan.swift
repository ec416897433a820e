import Domain
import GitHub
import Ports

/// The organizations that a tick collects, the ones it skips, and the problems it reports.
struct TickPlan {
    /// An organization, and the integration that collects it.
    struct Assignment {
        let integration: IntegrationID
        let installation: Installation

        /// Creates the event that requests one day.
        ///
        /// - Parameter isAgain: Whether to read the day although it is final.
        func event(of day: Day, at time: Timestamp, isAgain: Bool) -> CloudEvent {
            CollectEvent(
                integration: integration, installation: installation.id,
                organization: installation.organization, day: day, again: isAgain
            ).cloudEvent(organizationID: installation.organizationID, time: time)
        }
    }

    /// The organizations to collect, by integration, then by installation.
    private(set) var assignments: [Assignment] = []
    private(set) var attention: [DailyTick.Attention] = []
    /// The changes to the stored lists of organizations.
    var changes: [StateChange] = []
    /// What was found with each integration.
    var findings: [TickFindings] = []
    private var allSkipped: [SkippedAccount] = []
    private var failures: [Failure] = []
    private var wasSomethingRead = false
    private var wasSomethingUnreadable = false
    private var wasEverythingRead: Bool { wasSomethingRead && !wasSomethingUnreadable }
    /// The integration that collects an organization, by GitHub's number for the organization,
    /// because logins can change hands.
    private var collectors: [Int64: IntegrationID] = [:]
    private var reached: [OrganizationLogin] = []
    /// The organization that has a login, by the login in lower case.
    private var owners: [String: Installation] = [:]

    /// The organizations to skip, without entries that several integrations have in common.
    var skipped: [SkippedAccount] {
        var seen: Set<SkippedAccount> = []
        return allSkipped.filter { seen.insert($0).inserted }
    }

    /// Adds the organizations that an integration reaches, except those that an earlier one collects.
    ///
    /// - Parameter authorizeURL: The URL at which a person authorizes again.
    /// - Returns: The reach without organizations that cannot be told apart from others.
    @discardableResult
    mutating func add(
        _ found: Reach, of integration: Integration, authorizeURL: String
    ) -> Reach {
        let (id, reach) = (integration.id, withoutTwins(found, integration.organizations))
        wasSomethingRead = true
        reached += (reach.organizations + reach.suspended).map(\.organization)
        reached += reach.foreign + reach.leftOut + reach.pending
        allSkipped += reach.skipped
        var added: Set<String> = []
        for installation in reach.organizations {
            let name = installation.organization.description
            if let other = collectors[installation.organizationID] {
                allSkipped.append(
                    SkippedAccount(
                        organization: name,
                        reason: "already collected by integration \(other), so \(id) skips it"))
            } else {
                collectors[installation.organizationID] = id
                assignments.append(Assignment(integration: id, installation: installation))
                added.insert(name)
            }
        }
        // Reported for the integration, because it is not known which organization each of them is.
        attention += reach.unreadable.map { account in
            DailyTick.Attention(
                integration: id.description, reason: "\(account.organization): \(account.reason)")
        }
        if let notice = reach.hiddenNotice {
            attention.append(
                DailyTick.Attention(
                    integration: id.description, reason: "\(notice) at \(authorizeURL)"))
        }
        attention += reach.attention.filter { added.contains($0.organization) }.map { remark in
            DailyTick.Attention(
                integration: id.description, organization: remark.organization,
                reason: remark.reason)
        }
        return reach
    }

    /// Refuses an organization whose login differs from another's only in upper and lower case.
    ///
    /// GitHub has no such logins. If it reports some, the samples of both would be in the same series,
    /// files and folders. The organization that was connected first stays.
    private mutating func withoutTwins(_ found: Reach, _ before: [Installation]) -> Reach {
        var reach = found
        let known = Set(before.map(\.organizationID))
        let isKnown = { (installation: Installation) in known.contains(installation.organizationID)
        }
        for installation in found.organizations.filter(isKnown)
            + found.organizations.filter({ !isKnown($0) })
        {
            let login = installation.organization.description.lowercased()
            let owner = owners[login] ?? installation
            owners[login] = owner
            guard owner.organizationID != installation.organizationID else { continue }
            reach.organizations.removeAll { $0.id == installation.id }
            reach.attention.removeAll {
                $0.organization == installation.organization.description
            }
            reach.unreadable.append(
                SkippedAccount(
                    organization: "\(installation.organization) (\(installation.organizationID))",
                    reason: """
                        nothing is collected, because GitHub also lists \(owner.organization) \
                        (\(owner.organizationID)), and their samples could not be told apart. Rename \
                        one of them
                        """))
        }
        return reach
    }

    /// Reports why an integration's organizations are not known.
    mutating func addFailure(
        _ failure: Failure, of stored: StoredIntegration, authorizeURL: String
    ) {
        wasSomethingUnreadable = true
        let reason: String
        switch failure.code {
        case .unauthorized:
            reason = "nothing is collected: \(failure.message) at \(authorizeURL)"
        case .unreadableState:
            reason = "nothing is collected: \(failure.message). Authorize again at \(authorizeURL)"
        case .newerFormat: reason = "nothing is collected: \(failure.message)"
        default:
            failures.append(failure)
            reason = "this tick collects nothing: \(failure.message)"
        }
        attention.append(DailyTick.Attention(integration: stored.name, reason: reason))
        if let id = stored.id { findings.append(TickFindings(id, failure)) }
    }

    /// Reports organizations that were collected and are no longer reached.
    mutating func addMissing(_ problems: [Problem], of id: IntegrationID) {
        attention += problems.filter { $0.kind == .missing }.map { problem in
            DailyTick.Attention(
                integration: id.description,
                reason: "\(problem.organization ?? "an organization"): \(problem.text)")
        }
    }

    /// Skips the organizations that somebody asked for and no integration reaches.
    ///
    /// - Parameters:
    ///   - requested: The organizations of the event; nil if it names none.
    ///   - selection: The settings. What they name is missing only if every integration could be read.
    mutating func skipUnreached(
        of requested: [OrganizationLogin]?, or selection: OrganizationSelection
    ) {
        let fix = "no integration reaches it. Install the App there, and have an owner connect it"
        let (wanted, reason) =
            requested.map { ($0, fix) }
            ?? (wasEverythingRead ? selection.names : [], "ORGANIZATIONS names it, but \(fix)")
        for organization in wanted where !reached.contains(where: organization.isSame) {
            allSkipped.append(
                SkippedAccount(
                    organization: organization.description,
                    reason: selection.reasonToLeaveOut(organization) ?? reason))
        }
    }

    /// How long to wait before the same tick is worth sending again, because GitHub could not answer for
    /// an integration; nil if it answered for all.
    ///
    /// Without another try, the bill of that day would never be read: it is read only with the newest
    /// day. The IDs of events come from the tick's time, so an event that is still queued is not doubled.
    var retryAfter: Duration? {
        failures.compactMap { failure -> Duration? in
            guard case .after(let wait) = failure.retry else { return nil }
            return wait
        }.max()
    }

    /// Checks that at least one integration could be read, or that a retry would not help.
    ///
    /// - Throws: The reason why none could be read, so that the bus retries the tick. An authorization
    ///   that a person has to renew is not such a reason.
    func checkSomethingWasRead() throws(Failure) {
        guard !wasSomethingRead,
            let failure = failures.first(where: { $0.retry != .never }) ?? failures.first
        else { return }
        throw failure
    }
}
