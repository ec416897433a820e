/// A small page that needs nothing else: no script, no image, no font.
public struct Page: Hashable, Sendable {
    /// A part of a page.
    public enum Part: Hashable, Sendable {
        /// A paragraph.
        case text(String)
        /// A heading over a list.
        case list(String, [String])
        /// A link in a paragraph of its own.
        case link(String, to: String)
    }

    /// What the page says first.
    public var title: String
    /// What follows.
    public var parts: [Part]

    /// Creates a page from text; whatever stands in it is shown as it is.
    public init(title: String, parts: [Part]) {
        self.title = title
        self.parts = parts
    }

    /// Allows the one style below and nothing else.
    ///
    /// Text that got past the escaping would still do nothing. The hash is that of ``style``.
    static let contentSecurityPolicy = """
        default-src 'none'; style-src 'sha256-Mep9cmlH5uQovmYBDZGtZSQNlst+JwgPJS6N4gGZc2c='; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    static let style = """
        body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}
        """

    /// The page as HTML.
    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">\
        <meta name="viewport" content="width=device-width,initial-scale=1">\
        <title>\(Self.escaped(title))</title><style>\(Self.style)</style></head>
        <body><main><h1>\(Self.escaped(title))</h1>
        \(parts.map(Self.html).joined(separator: "\n"))
        </main></body></html>

        """
    }

    private static func html(_ part: Part) -> String {
        switch part {
        case .text(let text): "<p>\(escaped(text))</p>"
        case .list(let heading, let items):
            "<h2>\(escaped(heading))</h2><ul>"
                + items.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>"
        case .link(let text, let address):
            "<p><a href=\"\(escaped(address))\">\(escaped(text))</a></p>"
        }
    }

    /// Escapes text for elements and quoted attributes alike.
    ///
    /// It goes by scalars: `<` with an accent on it is another character, and still opens a tag.
    private static func escaped(_ text: String) -> String {
        var html = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": html.append(contentsOf: "&amp;".unicodeScalars)
            case "<": html.append(contentsOf: "&lt;".unicodeScalars)
            case ">": html.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": html.append(contentsOf: "&quot;".unicodeScalars)
            case "'": html.append(contentsOf: "&#39;".unicodeScalars)
            default: html.append(scalar)
            }
        }
        return String(html)
    }
}
