import Domain
import GitHub
import Ports

/// Which organizations a tick collects, and what it has to say about them and the others.
struct Plan {
    /// One organization, and who collects it.
    struct Unit {
        let integration: IntegrationID
        let installation: Installation

        /// The event that has one of its days collected.
        func event(of day: Day, at time: Timestamp) -> CloudEvent {
            CollectEvent(
                integration: integration, installation: installation.id,
                organization: installation.organization, day: day
            ).cloudEvent(organizationID: installation.organizationID, time: time)
        }
    }

    /// In the order of the integrations, then of the installations.
    private(set) var units: [Unit] = []
    private(set) var attention: [DailyTick.Attention] = []
    /// What is to be remembered of it.
    var changes: [StateChange] = []
    private var skippedTwice: [SkippedAccount] = []
    private var failures: [Failure] = []
    private var isAnythingRead = false
    /// Who collects an organization, by GitHub's number of it: a name may change hands.
    private var collectors: [Int64: IntegrationID] = [:]
    private var names: [OrganizationLogin] = []

    /// Who is left out; what several integrations say alike is said once.
    var skipped: [SkippedAccount] {
        var seen: Set<SkippedAccount> = []
        return skippedTwice.filter { seen.insert($0).inserted }
    }

    /// Takes what an integration reaches; what an earlier one collects is left to that.
    mutating func take(_ reach: Reach, of id: IntegrationID) {
        isAnythingRead = true
        names += (reach.organizations + reach.suspended).map(\.organization) + reach.foreign
        skippedTwice += reach.skipped
        var taken: Set<String> = []
        for installation in reach.organizations {
            let name = installation.organization.description
            if let other = collectors[installation.organizationID] {
                skippedTwice.append(
                    SkippedAccount(
                        organization: name,
                        reason: "collected by integration \(other), not a second time by \(id)"))
            } else {
                collectors[installation.organizationID] = id
                units.append(Unit(integration: id, installation: installation))
                taken.insert(name)
            }
        }
        // It concerns the integration as a whole: whose organization it is, nobody can say.
        attention += reach.unreadable.map { account in
            DailyTick.Attention(
                integration: id.description, reason: "\(account.organization): \(account.reason)")
        }
        attention += reach.attention.filter { taken.contains($0.organization) }.map { remark in
            DailyTick.Attention(
                integration: id.description, organization: remark.organization,
                reason: remark.reason)
        }
    }

    /// Takes why an integration's reach is not known; the others go on.
    mutating func take(
        _ failure: Failure, ofIntegrationAt key: StoreKey, authorizeAt address: String
    ) {
        let reason: String
        switch failure.code {
        case .unauthorized:
            reason = "nothing is collected: \(failure.message) at \(address)"
        case .unreadableState:
            reason = "nothing is collected: \(failure.message); authorize again at \(address)"
        default:
            failures.append(failure)
            reason = "nothing is collected by this tick: \(failure.message)"
        }
        let id = key.description.dropFirst(StoreKey.integrationPrefix.count)
        attention.append(DailyTick.Attention(integration: String(id), reason: reason))
    }

    /// Names the organizations that were asked for and that nobody reaches.
    mutating func name(unreached only: [OrganizationLogin]) {
        for organization in only where !names.contains(where: organization.isSame) {
            skippedTwice.append(
                SkippedAccount(
                    organization: organization.description,
                    reason: "no authorization reaches it: install the App there, or connect it"))
        }
    }

    /// When GitHub may answer for an integration that it could not answer for now; nil if it answered
    /// for all.
    ///
    /// Without another try, the bill of that day would never be read: it is read only with the newest
    /// day. The ids of events come from the tick's time, so those that were published are not doubled.
    var retryAfter: Duration? {
        failures.compactMap { failure -> Duration? in
            guard case .after(let wait) = failure.retry else { return nil }
            return wait
        }.max()
    }

    /// Checks that there is something to go by.
    ///
    /// - Throws: Why nothing could be read, if nothing could, so that the bus tries the tick again.
    ///   An authorization that a person has to renew is no such reason.
    func check() throws(Failure) {
        guard !isAnythingRead,
            let failure = failures.first(where: { $0.retry != .never }) ?? failures.first
        else { return }
        throw failure
    }
}
