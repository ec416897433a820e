import Charts
import Domain
import HTML

/// What all pages have in common: header, navigation, style and headers.
enum ConsoleFrame {
    /// The headers of a page.
    ///
    /// Only the page's own style and icon are allowed, so even text that got past the escaping
    /// could not run or send anything. Source: <https://www.w3.org/TR/CSP3/>.
    static let fields = [
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none';"
            + " form-action 'self'; frame-ancestors 'none'",
        "cache-control": "no-store",
        // With `no-referrer`, forms would not say where they come from: their origin would be "null".
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
    ]

    private static let navigation = [
        ("/", "Overview"), ("/events", "Events"), ("/checks", "Checks"),
        ("/metrics/github_copilot_org_daily_active_users", "Metrics"),
    ]

    /// A whole page.
    ///
    /// - Parameters:
    ///   - title: What the page shows, as it stands in the browser's tab.
    ///   - place: The address of the navigation's entry that the page belongs to.
    ///   - refreshSeconds: After how many seconds the browser reads the page again; nil for never.
    static func page(
        _ title: String, at place: String, status: Int = 200, refreshSeconds: Int? = nil,
        _ body: HTML
    ) -> ConsoleResponse {
        let links = navigation.map { address, name -> HTML in
            let current: HTML = address == place ? " aria-current=\"page\"" : ""
            return "<a href=\"\(address)\"\(current)>\(name)</a>"
        }
        let refresh: HTML =
            refreshSeconds.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? ""
        let document = HTML.document(
            title: title == "copilot-usage" ? title : "\(title) · copilot-usage",
            style: "\(ChartStyle.css)\n\(ConsoleStyle.css)",
            head: "\(refresh)<link rel=\"icon\" href=\"/favicon.svg\">",
            body: """
                <a class="skip" href="#main">Skip to content</a>
                <header><a class="brand" href="/">copilot-usage</a>\
                <nav aria-label="Pages">\(links)</nav></header>
                <main id="main">
                \(body)
                </main>
                <footer>copilot-usage \(ProductVersion.current) · all days are UTC days · \
                <a href="/api/openapi.json">JSON</a></footer>
                """)
        return ConsoleResponse(
            status: status, fields: fields, body: Array(document.markup.utf8))
    }

    /// The switch between a page that stays as it is and one that is read again and again.
    static func refresh(_ request: ConsoleRequest) -> HTML {
        guard let seconds = request.refreshSeconds else {
            return "<a href=\"\(request.address("refresh", "minute"))\">Refresh each minute</a>"
        }
        return """
            Refreshed every \(seconds) seconds. <a href="\(request.address("refresh", nil))">Stop</a>
            """
    }

    /// A page for an address that leads nowhere, or a query that makes no sense.
    static func refusal(
        _ status: Int, _ title: String, _ sentence: String, refreshSeconds: Int? = nil
    ) -> ConsoleResponse {
        page(
            title, at: "", status: status, refreshSeconds: refreshSeconds,
            "<h1>\(title)</h1>\n<p>\(sentence)</p>\n<p><a href=\"/\">Back to the overview</a></p>")
    }

    /// The icon: three bars.
    static let icon = ConsoleResponse(
        status: 200,
        fields: [
            "content-type": "image/svg+xml", "cache-control": "max-age=86400",
            "x-content-type-options": "nosniff",
        ],
        body: Array(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#1282bc" \
            d="M1 9h4v6H1zM6 5h4v10H6zM11 1h4v14h-4z"/></svg>
            """.utf8))
}
