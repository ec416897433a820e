public import Domain
import Ports
import Toolbox

/// The installations of the App that a person can see.
public struct Installations: Sendable {
    /// The organizations that have the App, suspended ones included, in GitHub's order.
    public var organizations: [Installation]
    /// Accounts that have the App installed and are not organizations.
    public var skipped: [SkippedAccount]
    /// Accounts that may be organizations, but whose description cannot be decoded.
    public var unreadable: [SkippedAccount]
    /// The organizations that GitHub leaves out.
    public var hidden = HiddenOrganizations()
}

/// An account, and a reason that concerns it: usually why it is not collected.
public struct SkippedAccount: Codable, Hashable, Sendable {
    /// The account's name; for an organization, its login.
    public var organization: String
    /// The reason, as a clause without a final full stop.
    public var reason: String

    /// Creates an entry.
    public init(organization: String, reason: String) {
        self.organization = organization
        self.reason = reason
    }
}

extension GitHubClient {
    /// The largest number of pages to read, with at most a hundred installations each.
    static let installationPageCountMax = 500

    /// Lists the installations of the App that a person can see.
    ///
    /// The person does not necessarily own the organizations in the list; see ``role(in:token:)``.
    ///
    /// - Parameter token: The person's access token.
    /// - Returns: The installations of all pages.
    /// - Throws: `unauthorized` if the authorization was revoked, `rateLimited`, `malformedReply`,
    ///   `limitExceeded`, or what the transport throws.
    public func installations(token: AccessToken) async throws(Failure) -> Installations {
        var found = Installations(organizations: [], skipped: [], unreadable: [])
        let subject = "the App's installations"
        var url: String? = "\(endpoints.api)/user/installations?per_page=100"
        for _ in 1...Self.installationPageCountMax {
            guard let current = url else { return found }
            // GitHub's link to the next page keeps the size of this one.
            url = try await page(of: subject) { size in
                APIRequest(
                    url: PagedURL.resized(current, to: size) ?? current, caller: .person(token),
                    subject: subject,
                    missing: "GitHub does not list the App's installations (404)")
            } read: { response throws(Failure) in
                try found.add(response.decoded(as: InstallationPage.self, subject))
                found.hidden.add(response.fields)
                return try LinkHeader.next(in: response.fields["link"], of: current)
            }
        }
        throw Failure(
            .limitExceeded,
            "GitHub lists more than \(Self.installationPageCountMax) pages of installations")
    }
}

extension Installations {
    fileprivate mutating func add(_ page: InstallationPage) {
        for element in page.installations {
            guard let item = element.value else {
                addUnreadable(element.name ?? "an installation")
                continue
            }
            let name =
                (item.account?.login ?? item.account?.slug)?.printable ?? "installation \(item.id)"
            switch item.target_type ?? item.account?.type {
            case "Organization":
                guard let account = item.account, let number = account.id ?? item.target_id,
                    number > 0, let login = account.login.flatMap(OrganizationLogin.init)
                else {
                    addUnreadable(name)
                    continue
                }
                organizations.append(
                    Installation(
                        id: item.id, organizationID: number, organization: login,
                        permissions: (item.permissions ?? [:]).compactMapValues(\.text),
                        suspendedAt: item.suspended_at))
            case "User": skip(name, "this is a personal account, not an organization")
            case "Enterprise":
                skip(
                    name,
                    "this is an enterprise, not an organization. Install the App on its organizations"
                )
            case nil: addUnreadable(name)
            default: skip(name, "this is neither an organization nor a personal account")
            }
        }
    }

    private mutating func skip(_ name: String, _ reason: String) {
        skipped.append(SkippedAccount(organization: name, reason: reason))
    }

    private mutating func addUnreadable(_ name: String) {
        unreadable.append(
            SkippedAccount(
                organization: name,
                reason: """
                    nothing is collected, because GitHub describes this account in an unknown form. \
                    Check for a newer version of copilot-usage
                    """))
    }
}

/// One page of `GET /user/installations`.
private struct InstallationPage: Decodable {
    var installations: [Element]

    /// An installation, or as much of its name as there is.
    struct Element: Decodable {
        let value: Item?
        let name: String?

        init(from decoder: any Decoder) throws {
            value = try? Item(from: decoder)
            let json = value == nil ? try? JSONValue(from: decoder) : nil
            name = (json?["account"]?["login"] ?? json?["account"]?["slug"])?.text
                .map { String($0.prefix(80)).printable }
        }
    }

    struct Item: Decodable {
        /// Checked by the rules that apply to a stored one.
        var id: InstallationID
        var account: Account?
        /// The account's number again, outside `account`.
        var target_id: Int64?
        var target_type: String?
        var permissions: [String: JSONValue]?
        var suspended_at: Timestamp?
    }

    /// A person, an organization, or an enterprise, which has a slug instead of a login.
    struct Account: Decodable {
        var id: Int64?
        var login: String?
        var slug: String?
        var type: String?
    }
}
