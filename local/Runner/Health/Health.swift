public import Domain

/// Whether everything is collected, and what is in the way: the answer of `/api/health`.
///
///     {"notices": [], "problems": [{"kind": "authorization", "since": "…", "remedy": "…", …}],
///      "status": "problems", "time": "2026-11-24T08:00:00Z"}
public struct Health: Codable, Hashable, Sendable {
    /// The judgement.
    public enum Status: String, Codable, Sendable {
        /// Nothing is in the way.
        case ok
        /// At least one problem needs a person, or will be tried again.
        case problems
    }

    /// The judgement.
    public var status: Status
    /// The present, by the clock of the state.
    public var time: Timestamp
    /// What is in the way, oldest first.
    public var problems: [Problem]
    /// What people should know, although nothing has failed.
    public var notices: [Problem]

    /// Judges problems and notices.
    public init(_ found: [Problem], at time: Timestamp) {
        let sorted = found.sorted { ($0.since, $0.id) < ($1.since, $1.id) }
        problems = sorted.filter(\.isFault)
        notices = sorted.filter { !$0.isFault }
        status = problems.isEmpty ? .ok : .problems
        self.time = time
    }

    /// The problems and notices of an organization, and those of the integration that reaches it.
    public func problems(of organization: String, in integration: String) -> [Problem] {
        (problems + notices).filter { problem in
            problem.organization?.lowercased() == organization.lowercased()
                || problem.organization == nil
                    && (problem.integration ?? integration) == integration
        }
    }
}
