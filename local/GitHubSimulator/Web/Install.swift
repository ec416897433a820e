import Domain
import Toolbox

/// Installing the App on organizations, and going on into the web flow.
///
/// GitHub builds the authorization itself then: it returns to the first callback URL, and there is
/// no PKCE challenge.
extension SimulatedGitHub {
    /// `GET /apps/{slug}/installations/new`.
    func chooseOrganizations(_ call: Call) throws(Refusal) -> Answer {
        guard call.parameter("slug") == configuration.app.slug else {
            throw Refusal(.page(404, Pages.notFound))
        }
        let world = world
        guard case .automatic(let login) = configuration.consent else {
            return .page(200, Pages.install(app: configuration.app, call: call, world: world))
        }
        guard let person = world.people.first(where: { $0.login == login }) else {
            throw Refusal(.page(404, Pages.notFound))
        }
        let owned = world.organizations.filter { $0.isOwned(by: person.id) }.map(\.login)
        return try install(on: owned, by: person, state: call.query["state"])
    }

    /// `POST /apps/{slug}/installations/new`, the form of the page.
    func install(_ call: Call) throws(Refusal) -> Answer {
        let person = world.people.first { $0.login == call.form["person"] }
        guard call.parameter("slug") == configuration.app.slug, let person else {
            throw Refusal(.page(404, Pages.notFound))
        }
        return try install(
            on: call.form.all("organization"), by: person, state: call.query["state"])
    }

    private func install(
        on logins: [String], by person: Person, state appState: String?
    ) throws(Refusal) -> Answer {
        guard let callback = configuration.app.callbackURLs.first else {
            throw Refusal(.page(404, Pages.notFound))
        }
        let chosen = world.organizations.filter { logins.contains($0.login) }
        let owned = chosen.filter { $0.isOwned(by: person.id) }
        var fields: [(String, String)]
        if let first = owned.first {
            for organization in owned { addInstallation(on: organization) }
            let installation = world.organization(first.login)?.installation
            fields = [
                ("code", makeCode(for: person, redirectURI: nil, challenge: nil)),
                ("installation_id", installation.map { String($0.id) } ?? ""),
                ("setup_action", "install"),
            ]
        } else {
            // Who owns nothing there can only ask an owner: no installation, and no code.
            fields = [("setup_action", "request")]
        }
        if let appState { fields.append(("state", appState)) }
        return .redirect(to: "\(callback)?\(Form(fields).encoded)")
    }

    private func addInstallation(on organization: SimulatedOrganization) {
        update { world in
            world.update(organization.login) { organization in
                if organization.installation == nil {
                    organization.installation = SimulatedInstallation(
                        id: 9_000_000 + organization.id)
                }
            }
        }
    }
}
