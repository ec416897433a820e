import Domain
import Toolbox

/// An App that is to be registered, and what is wrong with its description.
struct AppDraft: Sendable {
    var name = ""
    var redirectURL = ""
    var callbackURLs: [String] = []
    var isPublic = true
    var permissions: [String: String] = [:]
    var authorizesOnInstall = false
    private(set) var errors: [String] = []

    /// The App's name in URLs.
    var slug: String { Self.slug(of: name) }

    static func slug(of name: String) -> String {
        String(name.lowercased().map { $0.isLetter && $0.isASCII || $0.isNumber ? $0 : "-" })
    }

    /// The members that GitHub documents.
    private static let members: Set<String> = [
        "name", "url", "hook_attributes", "redirect_url", "callback_urls", "setup_url",
        "description", "public", "default_events", "default_permissions",
        "request_oauth_on_install", "setup_on_update",
    ]

    /// The permissions that this GitHub knows.
    private static let permissions: Set<String> = [
        "organization_copilot_metrics", "organization_administration", "members", "contents",
        "metadata",
    ]

    /// Reads a manifest as strictly as GitHub.
    init(manifest: String) {
        guard case .object(let content)? = JSON.value(Array(manifest.utf8)) else {
            errors = ["a manifest that is not a JSON object"]
            return
        }
        for name in content.keys.sorted() where !Self.members.contains(name) {
            errors.append("a manifest with the unknown member \(name)")
        }
        name = content["name"]?.text ?? ""
        if name.count > 34 { errors.append("a name of more than 34 characters") }
        if Origin(content["url"]?.text ?? "") == nil { errors.append("a manifest without a url") }
        if let hook = content["hook_attributes"], Origin(hook["url"]?.text ?? "") == nil {
            errors.append("hook_attributes without a url")
        }
        redirectURL = content["redirect_url"]?.text ?? ""
        if Origin(redirectURL) == nil { errors.append("a manifest without a redirect_url") }
        if case .array(let list)? = content["callback_urls"] {
            callbackURLs = list.compactMap(\.text)
        }
        isPublic = content["public"] == .bool(true)
        authorizesOnInstall = content["request_oauth_on_install"] == .bool(true)
        if case .object(let given)? = content["default_permissions"] {
            permissions = given.compactMapValues(\.text)
        }
        check()
    }

    /// Reads the parameters of the registration page's address.
    init(parameters: Form) {
        let known = Self.permissions.union([
            "name", "description", "url", "public", "callback_urls[]", "request_oauth_on_install",
            "webhook_active", "state",
        ])
        for (name, _) in parameters.fields where !known.contains(name) {
            errors.append("the unknown parameter \(name)")
        }
        name = parameters["name"] ?? ""
        isPublic = parameters["public"] == "true"
        authorizesOnInstall = parameters["request_oauth_on_install"] == "true"
        callbackURLs = parameters.all("callback_urls[]")
        permissions = parameters.first.filter { Self.permissions.contains($0.key) }
        check()
    }

    private mutating func check() {
        if callbackURLs.count > 10 { errors.append("more than ten callback URLs") }
        for url in callbackURLs where Origin(url) == nil {
            errors.append("a callback URL that is not an address")
        }
        for (name, level) in permissions.sorted(by: { $0.key < $1.key }) {
            if !Self.permissions.contains(name) { errors.append("the unknown permission \(name)") }
            if !["read", "write"].contains(level) {
                errors.append("the permission \(name) with the level \(level)")
            }
        }
    }
}
