import HTML

/// The page on which a person makes the GitHub App, installs it, and watches the first collection.
public struct SetupPage: Sendable {
    /// The App in use.
    public struct App: Sendable {
        /// Its name in addresses.
        public var slug: String
        /// Its App ID, as text.
        public var id: String
        /// The account that owns it.
        public var owner: String?
        /// Its page on GitHub.
        public var page: String
        /// Whether variables name it, so that the stored one is not used.
        public var isFromVariables: Bool

        /// Describes an App.
        public init(
            slug: String, id: String, owner: String?, page: String, isFromVariables: Bool
        ) {
            self.slug = slug
            self.id = id
            self.owner = owner
            self.page = page
            self.isFromVariables = isFromVariables
        }
    }

    /// The ways to make an App, for one owner.
    public struct Offer: Sendable {
        /// The owner.
        public enum Owner: Sendable {
            /// The person at the browser.
            case person
            /// An organization.
            case organization(String)
            /// An enterprise, which can only use the link.
            case enterprise(String)
        }

        /// The owner.
        public var owner: Owner
        /// Whether other organizations can install it.
        public var isPublic: Bool
        /// The address that the manifest is posted to.
        public var action: String
        /// The manifest.
        public var manifest: String
        /// GitHub's registration page with the same choices.
        public var link: String
        /// The variables to set for an App that was registered by the link.
        public var variables: [String]
        /// The name of the App that the new one takes the place of.
        public var replaces: String?

        /// Describes the ways.
        public init(
            owner: Owner, isPublic: Bool, action: String, manifest: String, link: String,
            variables: [String], replaces: String?
        ) {
            self.owner = owner
            self.isPublic = isPublic
            self.action = action
            self.manifest = manifest
            self.link = link
            self.variables = variables
            self.replaces = replaces
        }
    }

    /// What is collected so far.
    public struct Progress: Sendable {
        /// Who is connected, and to which organizations.
        public var connections: [String]
        /// The days of organizations that have been read.
        public var collected: Int
        /// The events that are due or in work.
        public var pending: Int
        /// The events that wait for another attempt.
        public var waiting: Int
        /// The events that failed for good.
        public var failed: Int

        /// Counts what is collected.
        public init(
            connections: [String], collected: Int, pending: Int, waiting: Int, failed: Int
        ) {
            self.connections = connections
            self.collected = collected
            self.pending = pending
            self.waiting = waiting
            self.failed = failed
        }
    }

    /// Something that is wrong, and what to do.
    public struct Problem: Sendable {
        /// The sentence.
        public var text: String
        /// The name under which GitHub knows the App now; a button stores it.
        public var newName: String?

        /// Describes a problem.
        public init(_ text: String, newName: String? = nil) {
            self.text = text
            self.newName = newName
        }
    }

    /// The status of the response.
    public var status = 200
    /// The App in use; nil if there is none.
    public var app: App?
    /// The ways to make one; nil if none is to be made.
    public var offer: Offer?
    /// What is wrong.
    public var problem: Problem?
    /// What is collected.
    public var progress = Progress(
        connections: [], collected: 0, pending: 0, waiting: 0, failed: 0)
    /// What forms of this server carry.
    public var formField: (name: String, token: String)
    /// The origin of GitHub's pages, to which forms may be sent.
    public var server: String

    /// Creates a page without an App.
    public init(formField: (name: String, token: String), server: String) {
        self.formField = formField
        self.server = server
    }

    /// The response to a browser.
    public var response: ConsoleResponse {
        var response = ConsoleFrame.page("Set up GitHub", at: "/setup", status: status, html)
        let policy = response.fields["content-security-policy"] ?? ""
        // The manifest is posted to GitHub, and nothing else may be posted anywhere but here.
        response.fields["content-security-policy"] = policy.replacing(
            "form-action 'self'", with: "form-action 'self' \(server)")
        // GitHub may want to know which site posts to it, as it does of every browser; not which page.
        response.fields["referrer-policy"] = "strict-origin-when-cross-origin"
        // Only while something runs, so that nothing that a person types is lost.
        if isCollecting { response.fields["refresh"] = "2" }
        return response
    }

    private var isConnected: Bool { !progress.connections.isEmpty }
    private var isCollecting: Bool { isConnected && progress.pending > 0 }

    private var html: HTML {
        """
        <h1>Set up GitHub</h1>
        <p class="answer">\(answer)</p>
        \(problemSection)
        \(progressSection)
        \(appSection)
        \(offer.map(html) ?? "")
        """
    }

    /// Where the person is, in one sentence.
    private var answer: String {
        if offer?.replaces != nil { return "The GitHub App has to be made again." }
        guard app != nil else {
            return offer == nil
                ? "Nothing was set up."
                : "Two clicks on GitHub: create the App, then install it on your organizations."
        }
        guard isConnected else { return "The App is there. Install it on your organizations." }
        if isCollecting { return "Connected. The first days are being collected." }
        return "Everything is set up."
    }

    private var problemSection: HTML {
        guard let problem else { return "" }
        let rename: HTML =
            problem.newName.map { name -> HTML in
                """
                <form method="post" action="/setup">\(token)\
                <button name="action" value="rename">Use the name \(name)</button></form>
                """
            } ?? ""
        return """
            <section aria-label="Needs attention"><ul class="problems"><li class="bad-item">\
            <p>\(problem.text)</p>\(rename)</li></ul></section>
            """
    }

    private var token: HTML {
        "<input type=\"hidden\" name=\"\(formField.name)\" value=\"\(formField.token)\">"
    }

    // MARK: The App

    private var appSection: HTML {
        guard let app else { return "" }
        let owner: HTML = app.owner.map { ", owned by \($0)" } ?? ""
        let origin: HTML =
            app.isFromVariables
            ? "<p>The GITHUB_APP_… variables name it. Remove them to use one that is made here.</p>"
            : """
            <p>Its credentials are sealed in the state store. <code>copilot-local setup \
            --print</code> prints them for a secret manager.</p>
            """
        let name = app.slug.isEmpty ? "the App of the variables" : app.slug
        let title: HTML = app.slug.isEmpty ? "\(name)" : "<a href=\"\(app.page)\">\(name)</a>"
        return """
            <h2>GitHub App</h2>
            <p>\(title) (App ID \(app.id))\(owner).</p>\(origin)
            <p><a href="/authorize?install=true">\
            \(isConnected ? "Install it on another organization" : "Install it on your organizations")\
            </a> · <a href="/authorize">\
            \(isConnected ? "Connect another owner" : "It is installed already: connect")</a></p>
            """
    }

    // MARK: Making one

    private func html(_ offer: Offer) -> HTML {
        let warning: HTML =
            offer.replaces.map { name -> HTML in
                """
                <p>The new App takes the place of \(name). Everybody who is connected has to connect \
                again; collected days stay.</p>
                """
            } ?? ""
        return """
            <h2>\(title(of: offer))</h2>\(warning)
            \(form(offer))
            \(choices(offer))
            \(byHand(offer))
            """
    }

    private func title(of offer: Offer) -> String {
        switch offer.owner {
        case .person: "Create the App under your own account"
        case .organization(let login): "Create the App under \(login)"
        case .enterprise(let slug): "Create the App under the enterprise \(slug)"
        }
    }

    private func form(_ offer: Offer) -> HTML {
        if case .enterprise = offer.owner {
            return """
                <p>GitHub takes no form for enterprises. Its registration page can be filled in for \
                you.</p>
                """
        }
        let reach: HTML =
            offer.isPublic
            ? "Any organization can install it, and only its owners can connect it."
            : "Only this organization can install it."
        return """
            <p>It reads Copilot's usage and billing and the organization's members, and changes \
            nothing. \(reach)</p>
            <form method="post" action="\(offer.action)">\
            <input type="hidden" name="manifest" value="\(offer.manifest)">\
            <button class="primary">Create GitHub App</button></form>
            """
    }

    private func choices(_ offer: Offer) -> HTML {
        """
        <h2>Another owner</h2>
        <form class="filter" action="/setup"><label>Organization\
        <input name="organization" required maxlength="39" autocomplete="off" \
        spellcheck="false"></label>\
        <label>Who installs it<select name="public"><option value="true">any organization</option>\
        <option value="false">only this one</option></select></label>\
        <button>Continue</button></form>
        <form class="filter" action="/setup"><label>Enterprise\
        <input name="enterprise" required maxlength="60" autocomplete="off" \
        spellcheck="false"></label><button>Continue</button></form>
        """
    }

    private func byHand(_ offer: Offer) -> HTML {
        let names = offer.variables.map { name -> HTML in "<code>\(name)</code>" }
        return """
            <h2>Register it by hand</h2>
            <p>For an App of an enterprise, or if you may not post the form: open <a \
            href="\(offer.link)">GitHub's registration page</a>, where everything is filled in, and \
            create the App. On its page, generate a client secret and a private key. Set \
            \(HTML.list(names, ", ")), and start again.</p>
            """
    }

    // MARK: Progress

    private var progressSection: HTML {
        guard isConnected else { return "" }
        let connections = progress.connections.map { line -> HTML in "<li>\(line)</li>" }
        return """
            <h2>Connected</h2>
            <ul>\(connections)</ul>
            <h2>Collection</h2>
            <p role="status">\(collection)</p>
            <p><a href="/">See your organizations</a> · <a href="/events">See the events</a></p>
            """
    }

    private var collection: String {
        var parts = ["Collected " + Self.count(progress.collected, "day", "days")]
        if progress.pending > 0 { parts.append("\(progress.pending) to go") }
        if progress.waiting > 0 {
            parts.append(Self.count(progress.waiting, "event", "events") + " waiting to try again")
        }
        if progress.failed > 0 {
            parts.append(Self.count(progress.failed, "event", "events") + " failed for good")
        }
        return parts.joined(separator: ", ") + "."
    }

    private static func count(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
}
