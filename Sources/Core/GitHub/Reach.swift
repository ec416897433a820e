import Toolbox
public import Domain
import Ports

/// The organizations that one person's authorization reaches, and what is left out.
public struct Reach: Sendable {
    /// What is collected: installed, not suspended, and not verifiably somebody else's.
    public var organizations: [Installation]
    /// What an owner or GitHub suspended; nothing can be read until it is unsuspended.
    public var suspended: [Installation]
    /// What verifiably belongs to somebody else.
    public var foreign: [OrganizationLogin]
    /// What is not collected, the suspended included, and why.
    public var skipped: [SkippedAccount]
    /// What cannot be told to be an organization or not, so that it is not collected, and why.
    public var unreadable: [SkippedAccount]
    /// What a person should look at although it is collected.
    public var attention: [SkippedAccount]
}

extension GitHubClient {
    /// How many questions about one person are asked at once.
    ///
    /// GitHub takes a hundred, and those who use them all are told to wait sooner. Source:
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
    private static let questionCountMax = 8

    /// Finds what a person's authorization reaches.
    ///
    /// Being able to see an installation is not enough: the person must own the organization. Where
    /// GitHub does not say who owns it, it is taken in, and a person is told.
    ///
    /// - Parameters:
    ///   - token: The person's token.
    ///   - only: The organizations to look at; nil for all.
    /// - Returns: The reach, in the order of the installations' numbers.
    /// - Throws: `unauthorized` if the authorization was revoked, or what ``installations(token:)``
    ///   throws.
    public func reach(
        token: Secret, only: [OrganizationLogin]? = nil
    ) async throws(Failure) -> Reach {
        let found = try await installations(token: token)
        var reach = Reach(
            organizations: [], suspended: [], foreign: [], skipped: [],
            unreadable: found.unreadable, attention: [])
        if only == nil { reach.skipped = found.skipped }
        let wanted = found.organizations.sorted { $0.id < $1.id }.filter { installation in
            only?.contains(where: installation.organization.isSame) ?? true
        }
        reach.suspended = wanted.filter { $0.suspendedAt != nil }
        let roles = try await wanted.filter { $0.suspendedAt == nil }
            .concurrentMap(atMost: Self.questionCountMax) { installation throws(Failure) in
                (installation, try await role(in: installation.organization, token: token))
            }
        for organization in reach.suspended.map(\.organization) {
            reach.skip(
                organization,
                """
                the App's installation is suspended: an owner of \(organization) can unsuspend \
                it in the organization's settings, under GitHub Apps
                """)
        }
        for (installation, role) in roles {
            let organization = installation.organization
            var known: String?
            switch role {
            case .owner: break
            case .notOwner(let reason):
                reach.foreign.append(organization)
                reach.skip(organization, reason)
                continue
            case .unknown(let reason):
                known = reason
                reach.remark(
                    organization, "collected without knowing who owns it, because \(reason)")
            }
            reach.organizations.append(installation)
            for permission in Permission.needed
            where installation.permissions[permission.name] == nil {
                let advice = permission.advice(for: organization)
                // What keeps the owner from being known was said with that.
                if advice != known { reach.remark(organization, advice) }
            }
        }
        return reach
    }
}

extension Reach {
    fileprivate mutating func skip(_ organization: OrganizationLogin, _ reason: String) {
        skipped.append(SkippedAccount(organization: organization.description, reason: reason))
    }

    fileprivate mutating func remark(_ organization: OrganizationLogin, _ reason: String) {
        attention.append(SkippedAccount(organization: organization.description, reason: reason))
    }
}
