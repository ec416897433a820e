import Domain
import Toolbox

/// Installs the App on organizations and continues with the web flow.
///
/// GitHub makes this authorization itself: it returns to the first callback URL and has no PKCE
/// challenge.
extension SimulatedGitHub {
    /// `GET /apps/{slug}/installations/new`.
    func chooseOrganizations(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse
    {
        let app = try requireRegistration()
        guard request.parameter("slug") == app.slug else {
            throw ErrorResponse(.page(404, Pages.notFound))
        }
        let world = world
        guard case .automatic(let login) = configuration.consent else {
            return .page(
                200,
                Pages.install(
                    app: app, request: request, people: world.people,
                    organizations: world.organizations.filter(app.isInstallable)))
        }
        guard let person = world.people.first(where: { $0.login == login }) else {
            throw ErrorResponse(.page(404, Pages.notFound))
        }
        let owned = world.organizations.filter { $0.isOwned(by: person.id) }.map(\.login)
        return try install(on: owned, by: person, state: request.query["state"])
    }

    /// `POST /apps/{slug}/installations/new`, the form of the page.
    func install(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let person = world.people.first { $0.login == request.form["person"] }
        guard try request.parameter("slug") == requireRegistration().slug, let person else {
            throw ErrorResponse(.page(404, Pages.notFound))
        }
        return try install(
            on: request.form.all("organization"), by: person, state: request.query["state"])
    }

    private func install(
        on logins: [String], by person: Person, state appState: String?
    ) throws(ErrorResponse) -> SimulatedResponse {
        let app = try requireRegistration()
        guard let callback = app.callbackURLs.first else {
            throw ErrorResponse(.page(404, Pages.notFound))
        }
        let chosen = world.organizations.filter {
            logins.contains($0.login) && app.isInstallable(on: $0)
        }
        let owned = chosen.filter { $0.isOwned(by: person.id) }
        var fields: [(String, String)]
        if let first = owned.first {
            for organization in owned { addInstallation(of: app, on: organization) }
            // Without authorization, GitHub stays on its own page.
            guard app.authorizesOnInstall else { return .page(200, Pages.installed(app)) }
            let installation = world.organization(first.login)?.installation
            fields = [
                ("installation_id", installation.map { String($0.id) } ?? ""),
                ("setup_action", "install"),
            ]
            if !configuration.installsWithoutCode {
                fields.append(("code", makeCode(for: person, redirectURI: nil, challenge: nil)))
            }
        } else {
            // A person who owns none of them can only ask an owner: no installation and no code.
            fields = [("setup_action", "request")]
        }
        if let appState { fields.append(("state", appState)) }
        return .redirect(to: "\(callback)?\(Form(fields).encoded)")
    }

    private func addInstallation(of app: RegisteredApp, on organization: SimulatedOrganization) {
        update { world in
            world.update(organization.login) { organization in
                if organization.installation == nil {
                    organization.installation = SimulatedInstallation(
                        id: 9_000_000 + organization.id, permissions: app.permissions)
                }
            }
        }
    }
}

extension RegisteredApp {
    /// Whether an organization can install it.
    func isInstallable(on organization: SimulatedOrganization) -> Bool {
        isPublic || organization.login == owner
    }
}
