public import Domain
import Ports

/// Where a person's authorization reaches.
public struct Installations: Sendable {
    /// The organizations that have the App, suspended ones included, in GitHub's order.
    public var organizations: [Installation]
    /// The accounts that have the App and are no organization of use.
    public var skipped: [SkippedAccount]
    /// What may be an organization, and is described in a way that nobody here can read.
    public var unreadable: [SkippedAccount]
}

/// An account that is left out, and why.
public struct SkippedAccount: Codable, Hashable, Sendable {
    /// What the account is called.
    public var organization: String
    /// Why nothing is collected from it.
    public var reason: String

    /// Creates an entry.
    public init(organization: String, reason: String) {
        self.organization = organization
        self.reason = reason
    }
}

extension GitHubClient {
    /// The most pages of a hundred installations that are read.
    static let installationPageCountMax = 500

    /// Lists the installations of the App that a person can see.
    ///
    /// Being listed does not mean that the person owns the organization; see
    /// ``role(in:token:)``.
    ///
    /// - Parameter token: The person's token.
    /// - Returns: All pages of the list.
    /// - Throws: `unauthorized` if the authorization was revoked, `rateLimited`, `malformedReply`,
    ///   `limitExceeded`, or what the transport throws.
    public func installations(token: Secret) async throws(Failure) -> Installations {
        var found = Installations(organizations: [], skipped: [], unreadable: [])
        var url: String? = "\(endpoints.api)/user/installations?per_page=100"
        for _ in 1...Self.installationPageCountMax {
            guard let current = url else { return found }
            let question = Question(
                url: current, caller: .person(token), subject: "the App's installations",
                missing: "GitHub does not know the App's installations")
            url = try await ask(question) { answer throws(Failure) in
                try found.take(answer.decoded(as: InstallationPage.self, question.subject))
                return Link.next(in: answer.fields["link"], of: current)
            }
        }
        throw Failure(
            .limitExceeded,
            "more than \(Self.installationPageCountMax * 100) installations are listed")
    }
}

extension Installations {
    fileprivate mutating func take(_ page: InstallationPage) {
        for element in page.installations {
            guard let item = element.value else {
                giveUp("an installation")
                continue
            }
            let name = item.account?.login ?? item.account?.slug ?? "installation \(item.id)"
            switch item.target_type ?? item.account?.type {
            case "Organization":
                guard let account = item.account, let number = account.id ?? item.target_id,
                    let login = account.login.flatMap(OrganizationLogin.init)
                else {
                    giveUp(name)
                    continue
                }
                organizations.append(
                    Installation(
                        id: InstallationID(item.id), organizationID: number, organization: login,
                        permissions: (item.permissions ?? [:]).compactMapValues(\.text),
                        suspendedAt: item.suspended_at))
            case "User": skip(name, "a personal account, not an organization")
            case "Enterprise":
                skip(name, "an enterprise, not an organization: install the App on organizations")
            case nil: giveUp(name)
            default: skip(name, "neither an organization nor a person")
            }
        }
    }

    private mutating func skip(_ name: String, _ reason: String) {
        skipped.append(SkippedAccount(organization: name, reason: reason))
    }

    private mutating func giveUp(_ name: String) {
        unreadable.append(
            SkippedAccount(
                organization: name,
                reason: """
                    nothing is collected: GitHub describes it in an unknown form; see whether there is \
                    a newer version of copilot-usage
                    """))
    }
}

/// One page of `GET /user/installations`.
private struct InstallationPage: Decodable {
    var installations: [Tolerant<Item>]

    struct Item: Decodable {
        var id: Int64
        var account: Account?
        /// The account's number once more.
        var target_id: Int64?
        var target_type: String?
        var permissions: [String: JSONValue]?
        var suspended_at: Timestamp?
    }

    /// A person, an organization, or an enterprise, which has a slug for a login.
    struct Account: Decodable {
        var id: Int64?
        var login: String?
        var slug: String?
        var type: String?
    }
}
