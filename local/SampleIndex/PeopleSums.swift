public import Domain

/// Adds up sums of series, person by person.
///
/// A person is one `user_id`, because logins change, or where there is none one `user_login`.
public struct PeopleSums {
    private struct Entry {
        var person: PersonUse
        var editors: [String: Double] = [:]
        var features: [String: Double] = [:]
    }

    private var entries: [Entry] = []
    private var places: [String: Int] = [:]

    /// Creates an empty table.
    public init() {}

    /// Adds the sum of a series of a user.
    public mutating func add(_ sum: Double, of metric: PeopleMetric, _ labels: [String: String]) {
        // A sum with an infinity says nothing about a person.
        guard sum.isFinite, let place = place(of: labels) else { return }
        switch metric {
        case .interactions: entries[place].person.interactions.add(sum)
        case .generated: entries[place].person.generated.add(sum)
        case .accepted: entries[place].person.accepted.add(sum)
        case .linesAdded: entries[place].person.linesAdded.add(sum)
        case .interactionsByEditor, .generatedByEditor:
            entries[place].editors[labels["ide"] ?? "", default: 0] += sum
        case .interactionsByFeature, .generatedByFeature:
            entries[place].features[labels["feature"] ?? "", default: 0] += sum
        }
    }

    /// Adds days of a user.
    public mutating func add(days: Int, _ labels: [String: String]) {
        guard let place = place(of: labels) else { return }
        entries[place].person.dayCount += days
    }

    /// Adds the newest day of a user, whose login is then that of the newest.
    public mutating func add(newest day: Day, _ labels: [String: String]) {
        guard let place = place(of: labels) else { return }
        if let known = entries[place].person.newest, known >= day { return }
        entries[place].person.newest = day
        entries[place].person.login = Self.login(labels)
    }

    /// Everyone, in the order in which they first came.
    public var people: [PersonUse] {
        entries.map { entry in
            var person = entry.person
            person.editor = Self.most(entry.editors)
            person.feature = Self.most(entry.features)
            return person
        }
    }

    /// The place of a person; nil if the labels name nobody.
    private mutating func place(of labels: [String: String]) -> Int? {
        let id = labels["user_id"].flatMap { $0.isEmpty ? nil : $0 }
        let login = Self.login(labels)
        guard !login.isEmpty else { return nil }
        let key = id.map { "id:\($0)" } ?? "login:\(login.lowercased())"
        if let place = places[key] { return place }
        places[key] = entries.count
        entries.append(Entry(person: PersonUse(id: id, login: login)))
        return entries.count - 1
    }

    private static func login(_ labels: [String: String]) -> String {
        let login = labels["user_login"] ?? ""
        return login.isEmpty ? labels["user_id"] ?? "" : login
    }

    private static func most(_ sums: [String: Double]) -> String? {
        sums.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}

extension Double? {
    fileprivate mutating func add(_ value: Double) { self = (self ?? 0) + value }
}
