import Domain
import HTML

/// Who is connected, since when, and to which organizations.
enum IntegrationsSection {
    static func html(_ integrations: [Integration]) -> HTML {
        let active = integrations.filter { $0.removedAt == nil }
        guard !active.isEmpty else {
            return """
                <h2>Connected</h2>
                <p>Not connected yet. <a href="authorize">Connect to GitHub</a>.</p>
                """
        }
        return """
            <h2>Connected</h2>
            <div class="wide"><table>
            <thead><tr><th scope="col">Integration</th><th scope="col">Authorized by</th>\
            <th scope="col">Since</th><th scope="col">Organizations</th></tr></thead>
            <tbody>
            \(active.map(row))
            </tbody></table></div>
            <p><a href="authorize">Connect another account, or renew an authorization</a>.</p>
            """
    }

    private static func row(_ integration: Integration) -> HTML {
        let organizations = integration.organizations.map(organization)
        let none: HTML = "<span class=\"open\">none: install the App on an organization</span>"
        return """
            <tr><td>\(integration.name) <span class="quiet">\(integration.id)</span></td>\
            <td>\(integration.user.login)</td><td>\(integration.authorizedAt)</td>\
            <td>\(organizations.isEmpty ? [none] : organizations)</td></tr>
            """
    }

    private static func organization(_ installation: Installation) -> HTML {
        guard let since = installation.suspendedAt else {
            return "<div>\(installation.organization)</div>"
        }
        return """
            <div>\(installation.organization) \
            <span class="bad">suspended since \(since)</span></div>
            """
    }
}
