import Domain
import HTML
import Ports

/// The local page: integrations, collected days, pending events and dead letters.
///
/// It is one document without scripts and without external resources.
public enum ConsolePage {
    /// The number of newest days that are shown.
    public static let dayCountMax = 7

    /// The headers of the page.
    ///
    /// Only the page's own style is allowed, so even text that got past the escaping could not run or
    /// send anything. Source: <https://www.w3.org/TR/CSP3/>.
    public static let fields = [
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    ]

    /// Renders the page.
    public static func html(_ snapshot: ConsoleSnapshot) -> String {
        HTML.document(
            title: "copilot-usage", style: style,
            head: #"<meta http-equiv="refresh" content="30">"#,
            body: """
                <h1>copilot-usage</h1>
                <p>As of \(snapshot.now). \(nextTick(snapshot))</p>
                \(snapshot.problems.map { "<p class=\"bad\">\($0)</p>" as HTML })
                \(ProblemsSection.html(snapshot.attention))
                \(IntegrationsSection.html(snapshot.integrations))
                \(DaysSection.html(snapshot.manifests))
                \(EventsSection.html(snapshot.events))
                """
        ).markup
    }

    private static func nextTick(_ snapshot: ConsoleSnapshot) -> HTML {
        guard let next = snapshot.nextTick else { return "No daily tick is scheduled." }
        return "The next daily tick is at \(next)."
    }

    // System colours follow the reader's light or dark setting.
    private static let style: HTML = """

        :root { color-scheme: light dark; --good: #1a7f37; --open: #9a6700; --bad: #cf222e; }
        @media (prefers-color-scheme: dark) {
          :root { --good: #57ab5a; --open: #c69026; --bad: #f47067; }
        }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; }
        th, td { text-align: left; padding: .25rem .9rem .25rem 0; vertical-align: top; }
        th { font-weight: 600; } thead th { border-bottom: 1px solid GrayText; }
        td.number { text-align: right; font-variant-numeric: tabular-nums; }
        .good { color: var(--good); } .open { color: var(--open); } .bad { color: var(--bad); }
        .quiet { color: GrayText; }

        """
}
