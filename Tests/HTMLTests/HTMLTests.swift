import HTML
import Testing

@Suite("HTML")
struct HTMLTests {
    @Test("escapes interpolated text, and nothing else")
    func interpolation() {
        let login = #"<b>"&'"#
        let cell: HTML = "<td title=\"\(login)\">\(login) \(7)</td>"
        #expect(
            cell.markup
                == "<td title=\"&lt;b&gt;&quot;&amp;&#39;\">&lt;b&gt;&quot;&amp;&#39; 7</td>")
        let row: HTML = "<tr>\(cell)</tr>"
        #expect(row.markup == "<tr>\(cell.markup)</tr>")
    }

    @Test("escapes a bracket that a combining mark turns into another character")
    func combining() {
        let html: HTML = "\("<\u{301}img>")"
        #expect(html.markup.unicodeScalars.elementsEqual("&lt;\u{301}img&gt;".unicodeScalars))
    }

    @Test("joins pieces with newlines")
    func joining() {
        let items = ["a&b", "c"].map { "<li>\($0)</li>" as HTML }
        let list: HTML = "<ul>\(items)</ul>"
        #expect(list.markup == "<ul><li>a&amp;b</li>\n<li>c</li></ul>")
        #expect(HTML(joined: []).markup.isEmpty)
    }

    @Test("makes a complete document with an escaped title and an unchanged style")
    func document() {
        let style: HTML = "p>b{content:\"&\"}"
        let page = HTML.document(
            title: "a < b", style: style, head: "<meta name=\"x\">", body: "<p>\("1 < 2")</p>")
        #expect(
            page.markup == """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8">\
                <meta name="viewport" content="width=device-width,initial-scale=1">\
                <meta name="x"><title>a &lt; b</title>\
                <style>p>b{content:"&"}</style></head>
                <body>
                <p>1 &lt; 2</p>
                </body></html>

                """)
    }
}
