extension HTML {
    /// A complete document in English, encoded as UTF-8 and readable on a phone.
    ///
    ///     let page = HTML.document(title: "Status", style: "body{margin:2rem}", body: "<h1>\(name)</h1>")
    ///
    /// - Parameters:
    ///   - title: The document's title, as plain text.
    ///   - style: The content of the `style` element, byte for byte, so that a content security policy
    ///     can allow it by its hash.
    ///   - head: Further elements of the head, such as a `meta` element.
    ///   - body: The content of the `body` element.
    public static func document(
        title: String, style: HTML = "", head: HTML = "", body: HTML
    ) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">\
        <meta name="viewport" content="width=device-width,initial-scale=1">\
        \(head)<title>\(title)</title><style>\(style)</style></head>
        <body>
        \(body)
        </body></html>

        """
    }
}
