import Domain
import Toolbox

/// Which organizations the overview shows: it is part of the address.
struct OverviewFilter {
    /// The organizations of one page.
    static let pageCount = 50
    /// The most days that have an address each, so that a page stays small.
    static let linkedDayCountMax = 700

    var days: ShownDays
    /// A part of the login; empty for all.
    var search: String
    var onlyProblems: Bool
    /// From 1.
    var page: Int

    init(_ request: ConsoleRequest) {
        days = ShownDays(request)
        search = String((request.query["q"] ?? "").prefix(100))
        onlyProblems = request.query["show"] == "problems"
        page = max(1, request.query["page"].flatMap(Int.init) ?? 1)
    }

    /// The organizations that match, those with problems first.
    func apply(to organizations: [OrganizationDays]) -> [OrganizationDays] {
        let needle = search.lowercased()
        let matching = organizations.filter { item in
            (needle.isEmpty || item.organization.description.lowercased().contains(needle))
                && (!onlyProblems || item.needsPerson)
        }
        // The order within both parts stays as it is.
        return matching.filter(\.needsPerson) + matching.filter { !$0.needsPerson }
    }

    /// The address of the same view with another page.
    func address(page: Int) -> String {
        var fields = [("days", "\(days.rawValue)")]
        if !search.isEmpty { fields.append(("q", search)) }
        if onlyProblems { fields.append(("show", "problems")) }
        if page > 1 { fields.append(("page", "\(page)")) }
        return "/?\(Form(fields).encoded)"
    }
}

extension OrganizationDays {
    /// Whether something is missing until a person acts.
    var needsPerson: Bool { suspendedAt != nil || days.contains { !$0.faults.isEmpty } }
}
