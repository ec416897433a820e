public import Domain
import Ports

/// A member of an organization, with the facts that reports lack and labels may contain.
public struct Member: Hashable, Sendable {
    /// GitHub's number for the person: the `user_id` of reports.
    public var id: Int64?
    /// The person's login on GitHub.
    public var login: String
    /// The person's name; nil if empty.
    public var name: String?
    /// The first e-mail address in a domain that the organization verified.
    public var email: String?

    /// Creates a member.
    public init(id: Int64? = nil, login: String, name: String? = nil, email: String? = nil) {
        self.id = id
        self.login = login
        self.name = name
        self.email = email
    }
}

/// The result of reading an organization's members.
public struct MembersOutcome: Hashable, Sendable {
    /// The number of members that were passed on.
    public var count: Int
    /// Findings that stopped nothing, such as e-mail addresses that GitHub withheld.
    public var notes: [String]

    /// Creates a result.
    public init(count: Int, notes: [String] = []) {
        self.count = count
        self.notes = notes
    }
}

extension GitHubClient {
    /// The largest number of pages to read, with at most a hundred members each.
    static let memberPageCountMax = 10_000

    /// Reads the members of an organization, a hundred at a time, or fewer where that takes GitHub too
    /// long.
    ///
    /// - Parameters:
    ///   - token: An installation access token.
    ///   - countMax: Stops after the page that completes this number of members.
    ///   - page: Receives each page as it arrives.
    /// - Returns: The number of members, and notes about what is missing.
    /// - Throws: `forbidden` if the App may not see members at all, `notFound`, `rateLimited`,
    ///   `malformedReply`, or what the transport throws. `page` may have received pages before.
    public func members(
        of organization: OrganizationLogin, token: AccessToken, countMax: Int = .max,
        page: ([Member]) -> Void
    ) async throws(Failure) -> MembersOutcome {
        var asksForEmails = true
        var cursor: String?
        var outcome = MembersOutcome(count: 0)
        var oddities: [String] = []
        for _ in 1...Self.memberPageCountMax {
            var current = try await memberPage(
                of: organization, after: cursor, withEmails: asksForEmails, token: token)
            if current.emailsAreHidden {
                // GitHub omits the whole member when an address may not be read, because its schema
                // promises that the list of addresses is never null. A second request without
                // addresses returns the names.
                let plain = try await memberPage(
                    of: organization, after: cursor, withEmails: false, token: token)
                if current.members.isEmpty { asksForEmails = false }
                outcome.notes.append("GitHub withheld some members' e-mail addresses")
                current = current.completed(by: plain)
            }
            page(current.members)
            outcome.count += current.members.count
            if current.hiddenCount > 0 { outcome.notes.append("GitHub withheld some members") }
            oddities += current.oddities
            guard let next = current.next, outcome.count < countMax else {
                if let note = Oddities.note(oddities, "member", "members") {
                    outcome.notes.append(note)
                }
                outcome.notes = outcome.notes.uniqued()
                return outcome
            }
            guard next != cursor else {
                throw Failure(
                    .malformedReply,
                    "GitHub returned the same page of members of \(organization) twice")
            }
            cursor = next
        }
        throw Failure(
            .limitExceeded,
            "\(organization) has more than \(Self.memberPageCountMax) pages of members")
    }

    private func memberPage(
        of organization: OrganizationLogin, after cursor: String?, withEmails: Bool,
        token: AccessToken
    ) async throws(Failure) -> MembersPage {
        let subject = "the members of \(organization)"
        return try await page(of: subject) { size in
            APIRequest(
                method: "POST", url: endpoints.graphql,
                body: MembersQuery(
                    organization, after: cursor, count: size, withEmails: withEmails
                ).body,
                caller: .installation(token), subject: subject,
                organization: organization.description, permission: .members,
                missing: "GitHub does not show the organization \(organization) to the App")
        } read: { response throws(Failure) in
            try MembersPage(response, subject: subject)
        }
    }
}
