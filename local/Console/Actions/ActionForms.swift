import Domain
import HTML

/// The forms of a page that change something.
///
/// They carry a token of the browser's session, which no other website knows. A program that only shows
/// what is stored has no token, and its pages have no forms.
struct ActionForms: Sendable {
    /// A field and its value; nil where nothing can be changed.
    let session: ConsoleRequest.Session?

    /// Whether anything can be changed from here.
    var isActive: Bool { session != nil }

    /// A button that carries out an action.
    func button(_ label: String, _ action: ConsoleAction) -> HTML {
        form(action.path, action.fields, "<button>\(label)</button>")
    }

    /// A form with fields of its own.
    ///
    /// - Parameters:
    ///   - path: Where it is posted to.
    ///   - fields: Hidden fields.
    ///   - content: What a person sees.
    func form(_ path: String, _ fields: [(String, String)], _ content: HTML) -> HTML {
        guard let session else { return "" }
        let hidden = ([(session.field, session.token)] + fields).map { name, value -> HTML in
            "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
        }
        return """
            <form class="act" method="post" action="\(path)">\(HTML.list(hidden))\(content)</form>
            """
    }
}
