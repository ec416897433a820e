/// The pages a person sees: plain HTML, no script.
enum Pages {
    static let authorizationErrors =
        "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors"

    static let notFound = page(
        "Page not found", "<p>This is not the web page you are looking for.</p>")

    /// Asks whether the App may act for the person.
    static func consent(app: RegisteredApp, call: Call, people: [Person]) -> String {
        page(
            "Authorize \(escape(app.slug))",
            """
            <p><b>\(escape(app.slug))</b> would like to verify your identity and read what you can \
            read.</p>
            <form method="post" action="\(action(call))">
            \(choice(of: people))
            <button name="decision" value="authorize">Authorize</button>
            <button name="decision" value="deny">Cancel</button>
            </form>
            """)
    }

    /// Asks where to install the App.
    static func install(app: RegisteredApp, call: Call, world: World) -> String {
        let boxes = world.organizations.map { organization in
            let login = escape(organization.login)
            return """
                <p><label><input type="checkbox" name="organization" value="\(login)" checked> \
                \(login)</label></p>
                """
        }
        return page(
            "Install \(escape(app.slug))",
            """
            <form method="post" action="\(action(call))">
            \(choice(of: world.people))
            \(boxes.joined(separator: "\n"))
            <button>Install and authorize</button>
            </form>
            """)
    }

    private static func choice(of people: [Person]) -> String {
        let options = people.map { "<option>\(escape($0.login))</option>" }
        return """
            <p><label>Signed in as <select name="person">\(options.joined())</select></label></p>
            """
    }

    private static func action(_ call: Call) -> String { escape("\(call.path)?\(call.rawQuery)") }

    private static func page(_ title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title) · simulated GitHub</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 \
        1rem}</style></head>
        <body><h1>\(title)</h1>
        \(body)
        <p><small>This is a simulation. Nothing here reaches github.com.</small></p>
        </body></html>
        """
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
