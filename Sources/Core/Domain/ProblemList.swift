/// The problems of one scope, such as an organization: the value of a `problems/…` entry.
///
///     {"version": 1, "problems": [{"id": "missing/555", …}]}
public struct ProblemList: Hashable, Sendable {
    /// The most problems of one scope that are kept, because stores limit the size of a value.
    public static let countMax = 150

    /// The problems, those that matter most first.
    public private(set) var problems: [Problem]

    /// Creates a list.
    public init(_ problems: [Problem] = []) {
        let faults = problems.filter(\.isFault)
        let notices = problems.filter { !$0.isFault }
        self.problems = Array((faults + notices).prefix(Self.countMax))
    }

    /// Compares the stored problems with those that were found now.
    ///
    /// A problem that was known keeps the time of its beginning. It is announced again once a day.
    ///
    /// - Returns: The list to store, and what changed.
    public func reconciled(
        with found: [Problem], at now: Timestamp
    ) -> (list: ProblemList, changes: ProblemChanges) {
        var changes = ProblemChanges()
        let known = Dictionary(problems.map { ($0.id, $0) }) { first, _ in first }
        let current = ProblemList(found).problems.map { problem in
            var problem = problem
            guard let before = known[problem.id] else {
                changes.began.append(problem)
                return problem
            }
            problem.since = before.since
            let isDue = Day(containing: before.announced) < Day(containing: now)
            problem.announced = isDue ? now : before.announced
            if isDue { changes.lasting.append(problem) }
            return problem
        }
        let ids = Set(current.map(\.id))
        changes.ended = problems.filter { !ids.contains($0.id) }.map { problem in
            var problem = problem
            problem.announced = now
            return problem
        }
        return (ProblemList(current), changes)
    }
}

/// Encodes as an object, and reads what it understands.
extension ProblemList: Codable {
    private enum CodingKeys: CodingKey { case problems }

    /// An element that another version may have written.
    private struct Element: Decodable {
        let problem: Problem?
        init(from decoder: any Decoder) { problem = try? Problem(from: decoder) }
    }

    /// Decodes a list; leaves out problems that it does not understand.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(try container.decode([Element].self, forKey: .problems).compactMap(\.problem))
    }

    /// Encodes the list.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(problems, forKey: .problems)
    }
}

/// What changed between two looks at the same scope: what the log announces.
public struct ProblemChanges: Codable, Hashable, Sendable {
    /// Problems that were not known.
    public var began: [Problem]
    /// Problems that last, and were not announced today.
    public var lasting: [Problem]
    /// Problems that are resolved.
    public var ended: [Problem]

    /// Creates changes, by default none.
    public init(began: [Problem] = [], lasting: [Problem] = [], ended: [Problem] = []) {
        self.began = began
        self.lasting = lasting
        self.ended = ended
    }

    /// Whether nothing is to be announced.
    public var isEmpty: Bool { began.isEmpty && lasting.isEmpty && ended.isEmpty }

    /// Adds the changes of another scope.
    public static func += (left: inout Self, right: Self) {
        left.began += right.began
        left.lasting += right.lasting
        left.ended += right.ended
    }
}
