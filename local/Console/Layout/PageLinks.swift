import HTML

/// The links below a table that has several pages.
enum PageLinks {
    /// Renders the links; nothing if there is one page.
    ///
    /// - Parameters:
    ///   - page: From 1; one behind the last shows the last.
    ///   - count: How many pages there are.
    ///   - things: What the table has, with their number, such as `40 organizations`.
    static func html(
        _ page: Int, of count: Int, _ things: String, label: String, address: (Int) -> String
    ) -> HTML {
        guard count > 1 else { return "" }
        let before: HTML = page > 1 ? "<a href=\"\(address(page - 1))\">Previous</a>" : ""
        let after: HTML = page < count ? "<a href=\"\(address(page + 1))\">Next</a>" : ""
        return """
            <nav class="pages" aria-label="\(label)">\(before)\
            <span>Page \(min(page, count)) of \(count), \(things)</span>\(after)</nav>
            """
    }
}
