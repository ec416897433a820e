public import Domain
import Ports
import Toolbox

/// The organizations that one person's authorization reaches, and the ones it does not.
public struct Reach: Sendable {
    /// The installations to collect: not suspended, and not known to belong to somebody else.
    public var organizations: [Installation]
    /// The installations that an owner or GitHub suspended.
    ///
    /// Nothing can be read while they are suspended.
    public var suspended: [Installation]
    /// The organizations that are not collected yet, because GitHub did not say who owns them.
    public var pending: [OrganizationLogin]
    /// The organizations that the settings leave out; nothing about them is asked.
    public var leftOut: [OrganizationLogin] = []
    /// The organizations that the person does not own.
    public var foreign: [OrganizationLogin]
    /// The accounts that are not collected, including the suspended ones, and the reasons.
    public var skipped: [SkippedAccount]
    /// The accounts that are not collected because GitHub's description of them cannot be decoded.
    public var unreadable: [SkippedAccount]
    /// Problems of organizations that are collected nevertheless.
    public var attention: [SkippedAccount]
    /// The organizations that GitHub leaves out.
    public var hidden = HiddenOrganizations()

    /// How many organizations are hidden and how to see them; nil if none is.
    public var hiddenNotice: String? { hidden.notice }
}

extension GitHubClient {
    /// The number of concurrent requests about one person.
    ///
    /// GitHub allows a hundred, but a client that uses them all reaches its rate limit sooner. Source:
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
    private static let roleRequestCountMax = 8

    /// Finds the organizations that a person's authorization reaches.
    ///
    /// Seeing an installation is not enough: the person must own the organization. If the App may not ask
    /// who owns it, the organization is collected, and ``Reach/attention`` mentions it. If GitHub's
    /// response says nothing, as in an outage, an organization that was connected before is kept, and a
    /// new one is ``Reach/pending``.
    ///
    /// - Parameters:
    ///   - token: The person's access token.
    ///   - only: The organizations to consider; nil for all.
    ///   - selection: The organizations that the settings choose.
    ///   - wasConnected: Whether an installation was connected before. It is asked only if GitHub does
    ///     not say who owns the organization.
    /// - Returns: The reach, sorted by installation ID.
    /// - Throws: `unauthorized` if the authorization was revoked, or what ``installations(token:)``
    ///   throws.
    public func reach(
        token: AccessToken, only: [OrganizationLogin]? = nil,
        selection: OrganizationSelection = .all,
        wasConnected: (Installation) async throws(Failure) -> Bool = { _ in false }
    ) async throws(Failure) -> Reach {
        let found = try await installations(token: token)
        var reach = Reach(
            organizations: [], suspended: [], pending: [], foreign: [], skipped: [],
            unreadable: found.unreadable, attention: [])
        if only == nil {
            reach.skipped = found.skipped
            reach.hidden = found.hidden
        }
        let considered = found.organizations.sorted { $0.id < $1.id }.filter { installation in
            only?.contains(where: installation.organization.isSame) ?? true
        }
        let wanted = considered.filter { installation in
            let organization = installation.organization
            guard let reason = selection.reasonToLeaveOut(organization) else { return true }
            reach.leftOut.append(organization)
            reach.skip(organization, reason)
            return false
        }
        reach.suspended = wanted.filter { $0.suspendedAt != nil }
        let (roles, unasked) = try await roles(
            in: wanted.filter { $0.suspendedAt == nil }, token: token, wasConnected: wasConnected)
        reach.skip(unasked: unasked.count)
        for organization in reach.suspended.map(\.organization) {
            reach.skip(
                organization,
                """
                the App's installation is suspended. An owner of \(organization) can unsuspend \
                it in the organization's settings, under GitHub Apps
                """)
        }
        for (installation, role) in roles + unasked.map({ ($0, OrganizationRole.owner) }) {
            let organization = installation.organization
            var unknownRole: String?
            switch role {
            case .owner: break
            case .notOwner(let reason):
                reach.foreign.append(organization)
                reach.skip(organization, reason)
                continue
            case .unknown(let reason):
                guard try await wasConnected(installation) else {
                    reach.pending.append(organization)
                    reach.skip(
                        organization,
                        """
                        nothing is collected yet, because it is not known who owns it: \(reason). The \
                        next tick asks again
                        """)
                    continue
                }
                reach.remark(
                    organization, "still collected, although its owner is not known: \(reason)")
            case .mayNotAsk(let reason):
                unknownRole = reason
                reach.remark(
                    organization, "collected, although its owner is not known: \(reason)")
            }
            reach.organizations.append(installation)
            for permission in Permission.needed
            where installation.permissions[permission.name] == nil {
                let advice = permission.advice(for: organization)
                // The advice is already part of the remark about the unknown owner.
                if advice != unknownRole { reach.remark(organization, advice) }
            }
        }
        reach.organizations.sort { $0.id < $1.id }
        return reach
    }

    /// Finds out a person's role in each of some organizations.
    ///
    /// In many organizations, memberships are read in pages, and what is left is asked one by one, up to
    /// a limit: first about organizations that were never connected. Beyond it, those are unknown. Each
    /// day begins with others, so that in some days all are asked about.
    ///
    /// - Returns: The roles, sorted by installation ID, and those that were connected before and are not
    ///   asked about this time.
    private func roles(
        in organizations: [Installation], token: AccessToken,
        wasConnected: (Installation) async throws(Failure) -> Bool
    ) async throws(Failure) -> (roles: [(Installation, OrganizationRole)], unasked: [Installation])
    {
        let countMax = Self.roleQuestionCountMax
        let listed =
            organizations.count < Self.pagedRoleCountMin ? [:] : try await memberships(token: token)
        var roles: [(Installation, OrganizationRole)] = []
        var (fresh, known): ([Installation], [Installation]) = ([], [])
        let unlistedCount = organizations.count { listed[$0.organizationID] == nil }
        for installation in organizations {
            if let isOwner = listed[installation.organizationID] {
                let role = isOwner ? .owner : OrganizationRole.member(of: installation.organization)
                roles.append((installation, role))
            } else if unlistedCount > countMax, try await wasConnected(installation) {
                known.append(installation)
            } else {
                fresh.append(installation)
            }
        }
        let turn = Day(containing: clock.now()).number
        let (asked, waiting) = fresh.inTurns(of: countMax, turn)
        let (askedAgain, unasked) = known.inTurns(of: countMax - asked.count, turn)
        roles += try await (asked + askedAgain).concurrentMap(atMost: Self.roleRequestCountMax) {
            installation throws(Failure) in
            // What the organization granted, the person's token may do there.
            let token = AccessToken(
                token.secret, issued: token.issued, permissions: installation.permissions)
            return (installation, try await role(in: installation, token: token))
        }
        roles += waiting.map { installation in
            let reason = "only \(countMax.grouped) organizations are asked about at once"
            return (installation, .unknown(reason: reason))
        }
        roles.sort { $0.0.id < $1.0.id }
        return (roles, unasked)
    }
}

extension Array {
    /// The elements whose turn it is, and the others.
    ///
    /// Each turn continues where the one before it ended, and starts over at the end.
    fileprivate func inTurns(of size: Int, _ turn: Int) -> (now: [Element], later: [Element]) {
        guard size < count else { return (self, []) }
        let start = turn * size % count
        let rotated = self[start...] + self[..<start]
        return (Array(rotated.prefix(size)), Array(rotated.dropFirst(size)))
    }
}

extension Reach {
    /// Mentions organizations that were connected before and not asked about this time.
    fileprivate mutating func skip(unasked count: Int) {
        guard count > 0 else { return }
        skipped.append(
            SkippedAccount(
                organization: count == 1 ? "1 organization" : "\(count.grouped) organizations",
                reason: """
                    still collected, but this tick did not check who owns them: GitHub lists no \
                    membership, and only \(GitHubClient.roleQuestionCountMax.grouped) are asked about one by \
                    one. Grant the App the Members permission on them
                    """))
    }

    fileprivate mutating func skip(_ organization: OrganizationLogin, _ reason: String) {
        skipped.append(SkippedAccount(organization: organization.description, reason: reason))
    }

    fileprivate mutating func remark(_ organization: OrganizationLogin, _ reason: String) {
        attention.append(SkippedAccount(organization: organization.description, reason: reason))
    }
}
