import HTML

/// A page that an authorization ends with: text, lists and links, without scripts or images.
public struct AuthorizationPage: Hashable, Sendable {
    /// A part of a page.
    ///
    /// All text is plain; the page escapes it.
    public enum Part: Hashable, Sendable {
        /// A paragraph.
        case text(String)
        /// A list under a heading.
        case list(String, [String])
        /// A link in a paragraph of its own.
        case link(String, to: String)
    }

    /// The title and heading, as plain text.
    public var title: String
    /// The content below the heading.
    public var parts: [Part]

    /// Creates a page.
    public init(title: String, parts: [Part]) {
        self.title = title
        self.parts = parts
    }

    /// A content security policy that allows ``style``, by its SHA-256, and nothing else.
    ///
    /// It is a second line of defense: markup that got past the escaping could do nothing.
    static let contentSecurityPolicy = """
        default-src 'none'; style-src 'sha256-5AQ5q/Dd9lHrIj51TywLVmTmBgZ1qc5I9dU60MjfrEA='; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    private static let style: HTML = """
        :root{color-scheme:light dark;--page:#ffffff;--text:#1b2229;--link:#0a4f94}
        @media (prefers-color-scheme:dark){:root{--page:#14181d;--text:#e6eaee;--link:#a9ccf1}}
        body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;\
        background:var(--page);color:var(--text)}
        a{color:var(--link)}h1{line-height:1.25;overflow-wrap:anywhere}
        :focus-visible{outline:2px solid var(--link);outline-offset:2px}
        """

    /// The page as HTML.
    var html: String {
        let document = HTML.document(
            title: title, style: Self.style,
            body: """
                <main><h1>\(title)</h1>
                \(parts.map(Self.html))
                </main>
                """)
        return document.markup
    }

    private static func html(_ part: Part) -> HTML {
        switch part {
        case .text(let text): "<p>\(text)</p>"
        case .list(let heading, let items):
            "<h2>\(heading)</h2><ul>\(items.map { "<li>\($0)</li>" as HTML })</ul>"
        case .link(let text, let address): "<p><a href=\"\(address)\">\(text)</a></p>"
        }
    }
}
