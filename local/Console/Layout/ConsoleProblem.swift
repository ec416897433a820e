public import Domain
import HTML
import Toolbox

/// Something that a person has to do, or should know of.
public struct ConsoleProblem: Hashable, Sendable {
    /// What is wrong, in a few words.
    public var title: String
    /// Why, and what to do, in sentences.
    public var reason: String
    /// The organizations that it concerns.
    public var organizations: [OrganizationLogin]
    /// When, such as `3 days, the newest 2026-04-18`.
    public var period: String?
    /// Where to act: names and addresses.
    public var links: [Link]
    /// A command that helps.
    public var command: String?
    /// The same as a button.
    public var button: Button?
    /// Whether nothing is lost as long as nobody acts.
    public var isMild: Bool

    /// An action and its name.
    public struct Button: Hashable, Sendable {
        /// What the button is called.
        public var label: String
        /// What it does.
        public var action: ConsoleAction

        /// Creates a button.
        public init(_ label: String, _ action: ConsoleAction) {
            self.label = label
            self.action = action
        }
    }

    /// A name and an address.
    public struct Link: Hashable, Sendable {
        /// What the address is.
        public var name: String
        /// The address.
        public var address: String

        /// Creates a link.
        public init(_ name: String, _ address: String) {
            self.name = name
            self.address = address
        }
    }

    /// Describes a problem.
    public init(
        _ title: String, _ reason: String, organizations: [OrganizationLogin] = [],
        period: String? = nil, links: [Link] = [], command: String? = nil, button: Button? = nil,
        isMild: Bool = false
    ) {
        self.title = title
        self.reason = reason
        self.organizations = organizations
        self.period = period
        self.links = links
        self.command = command
        self.button = button
        self.isMild = isMild
    }
}

/// The first section of a page: what needs a person.
public enum ProblemsSection {
    /// The most organizations that are named.
    private static let nameCountMax = 8

    /// Renders the problems; nothing if there are none.
    ///
    /// - Parameter isNamed: Whether to name the organizations, unless the page is about one.
    static func html(
        _ problems: [ConsoleProblem], _ forms: ActionForms, isNamed: Bool = true
    ) -> HTML {
        guard !problems.isEmpty else { return "" }
        return """
            <section aria-label="Needs attention"><ul class="problems">
            \(problems.map { item($0, forms, isNamed) })
            </ul></section>
            """
    }

    private static func item(
        _ problem: ConsoleProblem, _ forms: ActionForms, _ isNamed: Bool
    ) -> HTML {
        let count = problem.organizations.count
        let scope = [
            count > 1 ? "\(count.grouped) organizations" : nil, problem.period,
        ].compactMap(\.self).joined(separator: ", ")
        let names = problem.organizations.prefix(nameCountMax).map { login -> HTML in
            "<a href=\"/organizations/\(login)\">\(login)</a>"
        }
        let more: HTML =
            count > nameCountMax
            ? " and <a href=\"/?show=problems\">\(count - nameCountMax) more</a>" : ""
        let links = problem.links.map { link -> HTML in
            "<a href=\"\(link.address)\">\(link.name)</a>"
        }
        let acts: HTML = links.isEmpty ? "" : "<p>\(HTML.list(links, " · "))</p>"
        // A button replaces the command that does the same.
        let button = problem.button.map { forms.button($0.label, $0.action) } ?? ""
        let command: HTML =
            button.markup.isEmpty ? problem.command.map { "<pre>\($0)</pre>" } ?? "" : button
        let who: HTML = names.isEmpty || !isNamed ? "" : "<p>\(HTML.list(names, ", "))\(more)</p>"
        return """
            <li class="\(problem.isMild ? "open" : "bad-item")"><h2>\(problem.title) \
            <span class="quiet">\(scope)</span></h2>\(who)<p>\(sentences(problem))</p>\(acts)\(command)</li>
            """
    }
}

extension ProblemsSection {
    /// The reason as sentences; the name of an organization stays as it is.
    private static func sentences(_ problem: ConsoleProblem) -> String {
        let text = problem.reason
        let word = text.prefix { $0 != " " }
        let isName = problem.organizations.contains { $0.description == word }
        return isName ? text.withFullStop : text.sentence
    }
}

extension HTML {
    /// Joins pieces with a text between them.
    static func list(_ pieces: [HTML], _ separator: String = "") -> HTML {
        HTML(stringLiteral: pieces.map(\.markup).joined(separator: separator))
    }
}
