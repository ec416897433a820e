import HTML

/// The web pages: plain HTML without scripts.
enum Pages {
    static let authorizationErrors =
        "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors"

    static let notFound = page(
        "Page not found", "<p>This is not the web page you are looking for.</p>")

    /// The page that asks a person to authorize the App.
    static func consent(
        app: RegisteredApp, request: SimulatedRequest, people: [Person]
    ) -> HTML {
        page(
            "Authorize \(app.slug)",
            """
            <p><b>\(app.slug)</b> would like to verify your identity and read what you can read.</p>
            <form method="post" action="\(action(request))">
            \(choice(of: people))
            <button name="decision" value="authorize">Authorize</button>
            <button name="decision" value="deny">Cancel</button>
            </form>
            """)
    }

    /// The page that asks where to install the App.
    static func install(
        app: RegisteredApp, request: SimulatedRequest, people: [Person],
        organizations: [SimulatedOrganization]
    ) -> HTML {
        let boxes = organizations.map { organization -> HTML in
            """
            <p><label><input type="checkbox" name="organization" value="\(organization.login)" \
            checked> \(organization.login)</label></p>
            """
        }
        return page(
            "Install \(app.slug)",
            """
            <form method="post" action="\(action(request))">
            \(choice(of: people))
            \(boxes)
            <button>Install and authorize</button>
            </form>
            """)
    }

    /// The page after an installation that does not authorize.
    static func installed(_ app: RegisteredApp) -> HTML {
        page("\(app.slug) is installed", "<p>Nobody has authorized it.</p>")
    }

    static func choice(of people: [Person]) -> HTML {
        let options = people.map { person -> HTML in "<option>\(person.login)</option>" }
        return "<p><label>Signed in as <select name=\"person\">\(options)</select></label></p>"
    }

    static func action(_ request: SimulatedRequest) -> String {
        "\(request.path)?\(request.rawQuery)"
    }

    static func page(_ title: String, _ body: HTML) -> HTML {
        .document(
            title: "\(title) · simulated GitHub",
            style: """
                body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 \
                1rem}
                """,
            body: """
                <h1>\(title)</h1>
                \(body)
                <p><small>This is a simulation. No request reaches github.com.</small></p>
                """)
    }
}
