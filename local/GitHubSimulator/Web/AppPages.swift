import Domain
import HTML

/// The pages on which Apps are registered.
extension Pages {
    /// The page on which a person confirms a new App, and may change its name.
    ///
    /// - Parameters:
    ///   - manifest: The manifest that the form came with; nil for a registration by hand.
    ///   - error: What is wrong with the name.
    static func newApp(
        _ draft: AppDraft, request: SimulatedRequest, people: [Person], manifest: String?,
        error: String? = nil
    ) -> HTML {
        let owner = request.parameters["owner"] ?? request.parameters["enterprise"]
        let hidden: HTML =
            manifest.map { "<input type=\"hidden\" name=\"manifest\" value=\"\($0)\">" } ?? ""
        let complaint: HTML = error.map { "<p role=\"alert\"><b>\($0)</b></p>" } ?? ""
        let permissions = draft.permissions.sorted { $0.key < $1.key }.map { name, level -> HTML in
            "<li>\(name): \(level)</li>"
        }
        let address = request.rawQuery.isEmpty ? request.path : action(request)
        return page(
            "Create GitHub App for \(owner ?? "your account")",
            """
            \(complaint)<form method="post" action="\(address)">\(hidden)
            \(choice(of: people))
            <p><label>GitHub App name <input name="name" maxlength="34" required \
            value="\(draft.name)"></label></p>
            <p>Permissions:</p><ul>\(permissions)</ul>
            <p>Callback URLs: \(draft.callbackURLs.joined(separator: ", "))</p>
            <p>Installable on \(draft.isPublic ? "any account" : "its owner's account only").</p>
            <button name="decision" value="create">Create GitHub App</button>
            </form>
            """)
    }

    /// What GitHub says of a manifest that it does not accept.
    static func invalidManifest(_ errors: [String]) -> HTML {
        page(
            "Invalid GitHub App configuration",
            "<ul>\(errors.map { "<li>\($0)</li>" as HTML })</ul>")
    }

    /// The settings of an App that was registered by hand.
    static func registered(_ app: RegisteredApp) -> HTML {
        let secret = app.clientSecret.reveal { $0 }
        let key = app.privateKey.reveal { $0 }
        return page(
            app.slug,
            """
            <dl><dt>App ID</dt><dd id="app-id">\(app.id)</dd>
            <dt>Client ID</dt><dd id="client-id">\(app.clientID)</dd>
            <dt>Client secret</dt><dd id="client-secret">\(secret)</dd>
            <dt>Private key</dt><dd><pre id="private-key">\(key)</pre></dd></dl>
            """)
    }
}
