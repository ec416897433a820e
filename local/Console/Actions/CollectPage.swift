import Charts
import Domain
import HTML
import Toolbox

/// Which days to collect, how many that are, and the button that collects them.
struct CollectPage {
    /// The days of a range that a person may want.
    enum Wanted: String, CaseIterable {
        /// Days that were never read, or of which something is missing.
        case missing
        /// These, and days that are complete and may still change.
        case open
        /// Every day, read and sent again although it is final.
        case again

        var words: String {
            switch self {
            case .missing: "what is missing"
            case .open: "all days that are not final"
            case .again: "all days again, final ones too"
            }
        }
    }

    /// An organization and the days that would be collected.
    struct Plan {
        var organization: OrganizationLogin
        var days: [Day]
    }

    /// The most organizations that are listed, and that one tick names.
    static let organizationCountMax = 20

    let organizations: [OrganizationDays]
    /// The login of the only organization; empty for all.
    let organization: String
    let days: ClosedRange<Day>
    let wanted: Wanted
    /// What is wrong with the fields.
    let problem: String?
    let forms: ActionForms

    /// What would be collected, the organizations without such days left out.
    var plans: [Plan] {
        organizations.filter {
            organization.isEmpty
                || $0.organization.description.lowercased() == organization.lowercased()
        }.compactMap { item in
            let known = Dictionary(item.days.map { ($0.day, $0) }, uniquingKeysWith: { $1 })
            let days = days.filter { day in
                guard let summary = known[day] else { return true }
                switch wanted {
                case .missing: return summary.state != .good
                case .open: return !summary.isFinal
                case .again: return true
                }
            }
            return days.isEmpty ? nil : Plan(organization: item.organization, days: days)
        }
    }

    var html: HTML {
        """
        <h1>Collect days</h1>
        <p class="quiet">The daily tick collects what is missing by itself. Use this for days that it \
        no longer asks for, after the cause of a problem is gone, or to collect older days.</p>
        \(form)
        \(problem.map { "<p class=\"bad\">\($0)</p>" as HTML } ?? preview)
        """
    }

    private var form: HTML {
        let options = Wanted.allCases.map { choice -> HTML in
            let chosen: HTML = choice == wanted ? " selected" : ""
            return "<option value=\"\(choice.rawValue)\"\(chosen)>\(choice.words)</option>"
        }
        return """
            <form class="filter" method="get" action="/collect">\
            <label>Organization<input name="organization" value="\(organization)" \
            placeholder="all" maxlength="100"></label>\
            <label>First day<input type="date" name="from" value="\(days.lowerBound)"></label>\
            <label>Last day<input type="date" name="to" value="\(days.upperBound)"></label>\
            <label>Days<select name="what">\(HTML.list(options))</select></label>\
            <button>Count</button></form>
            """
    }

    private var preview: HTML {
        let plans = plans
        let dayCount = plans.reduce(0) { $0 + $1.days.count }
        guard let first = plans.compactMap(\.days.first).min(),
            let last = plans.compactMap(\.days.last).max()
        else { return "<p class=\"answer\">Nothing to collect: \(nothing).</p>" }
        let rows = plans.prefix(Self.organizationCountMax).map { plan -> HTML in
            """
            <tr><th scope="row"><a href="/organizations/\(plan.organization)">\(plan.organization)</a></th>\
            <td class="number" data-name="days">\(plan.days.count)</td>\
            <td data-name="first">\(plan.days[0])</td>\
            <td data-name="last">\(plan.days[plan.days.count - 1])</td></tr>
            """
        }
        let more = plans.count - rows.count
        return """
            <p class="answer">\(Self.count(dayCount, "day")) of \
            \(Self.count(plans.count, "organization")).</p>
            \(act(plans, first...last))
            <table class="cards"><thead><tr><th scope="col">Organization</th>\
            <th scope="col" class="number">Days</th><th scope="col">First</th>\
            <th scope="col">Last</th></tr></thead><tbody>
            \(rows)
            </tbody></table>
            \(more > 0 ? "<p class=\"quiet\">and \(more) more organizations</p>" as HTML : "")
            """
    }

    private var nothing: String {
        organizations.isEmpty
            ? "no organization is connected"
            : wanted == .missing ? "nothing is missing in these days" : "all these days are final"
    }

    private func act(_ plans: [Plan], _ days: ClosedRange<Day>) -> HTML {
        // All organizations are asked about at once; each only for what is open.
        let named = plans.count <= Self.organizationCountMax ? plans.map(\.organization) : []
        guard forms.isActive else {
            let names = named.map { " --organization \($0)" }.joined()
            let again = wanted == .again ? " --again" : ""
            return """
                <pre>copilot-local tick --from \(days.lowerBound) --to \(days.upperBound)\(names)\(again)\
                </pre>
                """
        }
        let effect: HTML =
            wanted == .again
            ? "It reads every day in between and sends it again, also what is unchanged."
            : "It reads days in between that are not final as well; unchanged data is not sent again."
        return """
            \(forms.button("Collect", .collect(named, days, again: wanted == .again)))
            <p class="quiet">One tick asks for \(days.lowerBound) to \(days.upperBound). \(effect)</p>
            """
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(ChartUnit.count("").text(Double(number))) \(noun)\(number == 1 ? "" : "s")"
    }
}
