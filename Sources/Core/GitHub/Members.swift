public import Domain
import Ports

/// A member of an organization: what its reports' labels may say about a person.
public struct Member: Hashable, Sendable {
    /// GitHub's number of the person; a report's `user_id`.
    public var id: Int64?
    /// What the person is called on GitHub.
    public var login: String
    /// The person's name; nil if empty.
    public var name: String?
    /// The first address in a domain that the organization verified.
    public var email: String?

    /// Creates a member.
    public init(id: Int64? = nil, login: String, name: String? = nil, email: String? = nil) {
        self.id = id
        self.login = login
        self.name = name
        self.email = email
    }
}

/// How reading the members went.
public struct MembersOutcome: Hashable, Sendable {
    /// How many were given out.
    public var count: Int
    /// Findings worth a look that stopped nothing, such as addresses that GitHub keeps back.
    public var notes: [String]

    /// Creates an outcome.
    public init(count: Int, notes: [String] = []) {
        self.count = count
        self.notes = notes
    }
}

extension GitHubClient {
    /// The most pages of a hundred members that are read.
    static let memberPageCountMax = 10_000

    /// Reads the members of an organization, a hundred at a time.
    ///
    /// - Parameters:
    ///   - organization: Whose members.
    ///   - token: A token of the installation.
    ///   - countMax: Reads on only while fewer than these were given out.
    ///   - page: Is given each page as it arrives.
    /// - Returns: How many were given out, and what was left out.
    /// - Throws: `forbidden` if the App may not see members at all, `notFound`, `rateLimited`,
    ///   `malformedReply`, or what the transport throws. Pages may have been given out before.
    public func members(
        of organization: OrganizationLogin, token: Secret, countMax: Int = .max,
        page: ([Member]) -> Void
    ) async throws(Failure) -> MembersOutcome {
        var asksForEmails = true
        var cursor: String?
        var outcome = MembersOutcome(count: 0)
        for _ in 1...Self.memberPageCountMax {
            var reply = try await memberPage(
                of: organization, after: cursor, withEmails: asksForEmails, token: token)
            if reply.emailsAreHidden {
                // An address that may not be read takes its whole member along, because GitHub's
                // schema promises that the list of addresses is never null. Names can still be had.
                let plain = try await memberPage(
                    of: organization, after: cursor, withEmails: false, token: token)
                if reply.members.isEmpty { asksForEmails = false }
                outcome.notes.append("GitHub keeps back e-mail addresses of members")
                reply = reply.completed(by: plain)
            }
            page(reply.members)
            outcome.count += reply.members.count
            if reply.hiddenCount > 0 { outcome.notes.append("GitHub keeps back some members") }
            guard let next = reply.next, outcome.count < countMax else {
                outcome.notes = outcome.notes.uniqued()
                return outcome
            }
            guard next != cursor else {
                throw Failure(
                    .malformedReply, "GitHub repeats a page of the members of \(organization)")
            }
            cursor = next
        }
        throw Failure(
            .limitExceeded,
            "\(organization) has more than \(Self.memberPageCountMax * 100) members")
    }

    private func memberPage(
        of organization: OrganizationLogin, after cursor: String?, withEmails: Bool, token: Secret
    ) async throws(Failure) -> MembersPage {
        let question = Question(
            method: "POST", url: endpoints.graphql,
            body: MembersQuery(organization, after: cursor, withEmails: withEmails).body,
            caller: .installation(token), subject: "the members of \(organization)",
            organization: organization.description, permission: .members,
            missing: "GitHub has no organization \(organization) that the App may see")
        return try await ask(question) { answer throws(Failure) in
            try MembersPage(answer, to: question, at: clock.now())
        }
    }
}
