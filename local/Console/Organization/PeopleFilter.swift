import Domain
import SampleIndex
import Toolbox

/// Which people the page of an organization shows, and in which order: it is part of the address.
struct PeopleFilter {
    /// The people of one page.
    static let pageCount = 25

    var days: ShownDays
    var column: PeopleColumn
    /// Whether the order is the other one than the column's own.
    var isReversed: Bool
    /// A part of the login; empty for all.
    var search: String
    /// From 1.
    var page: Int

    init(_ request: ConsoleRequest) {
        days = ShownDays(request)
        let order = request.query["people"] ?? ""
        isReversed = order.hasPrefix("-")
        column = PeopleColumn(rawValue: isReversed ? String(order.dropFirst()) : order) ?? .days
        search = String((request.query["who"] ?? "").prefix(100))
        page = max(1, request.query["page"].flatMap(Int.init) ?? 1)
    }

    /// The people who match, in order.
    func apply(to people: [PersonUse]) -> [PersonUse] {
        let needle = search.lowercased()
        let matching = people.filter { person in
            needle.isEmpty || person.login.lowercased().contains(needle)
        }
        return column.sorted(matching, isReversed: isReversed)
    }

    /// The fields of a query that leads to the same view.
    func fields(_ change: (inout PeopleFilter) -> Void = { _ in }) -> String {
        var filter = self
        change(&filter)
        var fields = [("days", "\(filter.days.rawValue)")]
        if filter.column != .days || filter.isReversed {
            fields.append(("people", "\(filter.isReversed ? "-" : "")\(filter.column.rawValue)"))
        }
        if !filter.search.isEmpty { fields.append(("who", filter.search)) }
        if filter.page > 1 { fields.append(("page", "\(filter.page)")) }
        return Form(fields).encoded
    }
}

/// A column of the table of people; the raw value is its name in addresses.
enum PeopleColumn: String, CaseIterable {
    case person, days, newest, prompts, generated, accepted, lines, editor, feature

    /// The column's head.
    var name: String {
        switch self {
        case .person: "Person"
        case .days: "Days active"
        case .newest: "Last active"
        case .prompts: "Prompts"
        case .generated: "Generated"
        case .accepted: "Accepted"
        case .lines: "Lines added"
        case .editor: "Main editor"
        case .feature: "Main feature"
        }
    }

    /// A number, whose order begins with the largest; nil for a column of words.
    func number(_ person: PersonUse) -> Double? {
        switch self {
        case .days: Double(person.dayCount)
        case .newest: person.newest.map { Double($0.number) }
        case .prompts: person.interactions
        case .generated: person.generated
        case .accepted: person.accepted
        case .lines: person.linesAdded
        case .person, .editor, .feature: nil
        }
    }

    /// A word, whose order begins with A; nil for a column of numbers.
    func word(_ person: PersonUse) -> String? {
        switch self {
        case .person: person.login
        case .editor: person.editor
        case .feature: person.feature
        case .days, .newest, .prompts, .generated, .accepted, .lines: nil
        }
    }

    /// Whether the column has words.
    var isOfWords: Bool { [.person, .editor, .feature].contains(self) }

    /// Sorts people; who has nothing in the column comes last either way.
    func sorted(_ people: [PersonUse], isReversed: Bool = false) -> [PersonUse] {
        people.map { person in
            (
                person: person, login: NaturalOrder(person.login),
                word: word(person).map(NaturalOrder.init)
            )
        }.sorted { one, other in
            let order =
                isOfWords
                ? Self.order(one.word, other.word, isReversed, <)
                : Self.order(number(one.person), number(other.person), isReversed, >)
            if let order { return order }
            let (a, b) = (one.person.interactions ?? 0, other.person.interactions ?? 0)
            return a == b ? one.login < other.login : a > b
        }.map(\.person)
    }

    /// Whether one value comes before another; nil if they are the same.
    private static func order<Value: Equatable>(
        _ one: Value?, _ other: Value?, _ isReversed: Bool, _ isBefore: (Value, Value) -> Bool
    ) -> Bool? {
        guard one != other else { return nil }
        guard let one, let other else { return one != nil }
        return isBefore(one, other) != isReversed
    }
}
