import Domain
import HTML
import Toolbox

/// Who is connected to which organizations, and how to end that.
struct IntegrationPage {
    /// The most organizations that are named.
    private static let nameCountMax = 100

    let integration: Integration
    let forms: ActionForms

    var html: HTML {
        """
        <h1>\(integration.name)</h1>
        <p class="answer">\(integration.user.login) authorized this integration on \
        \(integration.authorizedAt.words).</p>
        \(organizations)
        \(ending)
        """
    }

    private var organizations: HTML {
        let names = integration.organizations.map(\.organization)
        guard !names.isEmpty else { return "<p>It reaches no organization.</p>" }
        let links = names.prefix(Self.nameCountMax).map { login -> HTML in
            "<a href=\"/organizations/\(login)\">\(login)</a>"
        }
        let more: HTML =
            names.count > links.count ? " and \((names.count - links.count).grouped) more" : ""
        return "<p>It reaches \(HTML.list(links, ", "))\(more).</p>"
    }

    private var ending: HTML {
        if let removedAt = integration.removedAt {
            return """
                <p class="answer bad">It was removed on \(removedAt.words), and its tokens are \
                destroyed. Collected data stays.</p>
                """
        }
        let button = forms.button("Remove \(integration.name)", .remove(integration.id))
        return """
            <h2>Remove this integration</h2>
            <p>Its tokens are destroyed, and its organizations are no longer collected unless another \
            integration reaches them. Collected data stays. The authorization on GitHub belongs to \
            \(integration.user.login), who can revoke it under Settings, Applications, Authorized \
            GitHub Apps.</p>
            \(forms.isActive ? button : "<pre>copilot-local integrations remove \(integration.id)</pre>")
            """
    }
}
