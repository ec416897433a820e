public import Domain
import Toolbox

/// The owner of a GitHub App.
public enum AppOwner: Hashable, Sendable {
    /// The person who registers it.
    case person
    /// An organization.
    case organization(OrganizationLogin)
    /// An enterprise, by its slug. It cannot use a manifest.
    case enterprise(String)
}

/// A GitHub App that is to be registered: what it may read, and where browsers come back to.
///
/// Source: <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>.
public struct AppManifest: Hashable, Sendable, Encodable {
    /// The longest name that GitHub accepts.
    public static let nameCharacterCountMax = 34

    /// The suggested name, which must be unique on all of GitHub.
    public var name: String
    /// The home page.
    public var url: String
    /// The page to which GitHub returns with the code of the new App.
    public var redirectURL: String
    /// The pages to which authorizations return; the first is the default.
    public var callbackURLs: [String]
    /// Whether accounts other than the owner can install the App.
    public var isPublic: Bool

    /// Describes an App.
    public init(
        name: String, url: String, redirectURL: String, callbackURLs: [String], isPublic: Bool
    ) {
        self.name = name
        self.url = url
        self.redirectURL = redirectURL
        self.callbackURLs = callbackURLs
        self.isPublic = isPublic
    }

    private static let description =
        "Reads the usage and the billing of GitHub Copilot every day, for copilot-usage."

    private enum CodingKeys: String, CodingKey {
        case name, url, description, `public`
        case hook = "hook_attributes"
        case redirect = "redirect_url"
        case callbacks = "callback_urls"
        case events = "default_events"
        case permissions = "default_permissions"
        case authorizes = "request_oauth_on_install"
    }

    /// The members of `hook_attributes`.
    ///
    /// GitHub requires an address that is not on loopback also for a webhook that is off.
    private struct Hook: Encodable {
        var url: String
        var active = false
    }

    /// Encodes the manifest, with the permissions of ``Permission/needed`` and no webhook.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(url, forKey: .url)
        try container.encode(Self.description, forKey: .description)
        try container.encode(isPublic, forKey: .public)
        try container.encode(Hook(url: url), forKey: .hook)
        try container.encode(redirectURL, forKey: .redirect)
        try container.encode(callbackURLs, forKey: .callbacks)
        try container.encode([String](), forKey: .events)
        let permissions = Permission.needed.map { ($0.name, "read") }
        try container.encode(
            Dictionary(uniqueKeysWithValues: permissions), forKey: .permissions)
        try container.encode(true, forKey: .authorizes)
    }

    /// The manifest as JSON, for the form field `manifest`.
    public var json: String { String(decoding: JSON.encode(self), as: UTF8.self) }

    /// The same choices as parameters of GitHub's registration page.
    ///
    /// Source: <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-using-url-parameters>.
    fileprivate var parameters: Form {
        Form(
            [
                ("name", name), ("url", url), ("description", Self.description),
                ("public", "\(isPublic)"), ("request_oauth_on_install", "true"),
                ("webhook_active", "false"),
            ] + callbackURLs.map { ("callback_urls[]", $0) }
                + Permission.needed.map { ($0.name, "read") })
    }
}

extension GitHubEndpoints {
    /// The page on which an owner registers a GitHub App.
    private func registrationPage(_ owner: AppOwner) -> String {
        switch owner {
        case .person: "\(server)/settings/apps/new"
        case .organization(let login): "\(server)/organizations/\(login)/settings/apps/new"
        case .enterprise(let slug): "\(server)/enterprises/\(slug)/settings/apps/new"
        }
    }

    /// The address that a form posts a manifest to.
    public func manifestURL(of owner: AppOwner, state: String) -> String {
        "\(registrationPage(owner))?\(Form([("state", state)]).encoded)"
    }

    /// GitHub's registration page with a manifest's choices filled in.
    public func registrationURL(of owner: AppOwner, _ manifest: AppManifest) -> String {
        "\(registrationPage(owner))?\(manifest.parameters.encoded)"
    }
}
