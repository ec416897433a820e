public import Domain

/// Where the page of an organization gets the numbers of single people.
public protocol PeopleSource: Sendable {
    /// Adds up the days of each person.
    ///
    /// - Throws: `unavailable`, `timedOut` or `unauthorized` if the source as a whole cannot be
    ///   read. What is wrong with a part is in ``PeopleAnswer/problems``.
    func people(
        of organization: OrganizationLogin, _ days: ClosedRange<Day>
    ) async throws(Failure) -> PeopleAnswer
}

/// The people that were found.
public struct PeopleAnswer: Sendable {
    /// Everyone with a sample on one of the days, in no particular order.
    public var people: [PersonUse]
    /// What could not be read, in sentences for a person.
    public var problems: [String]

    /// Creates an answer.
    public init(people: [PersonUse] = [], problems: [String] = []) {
        self.people = people
        self.problems = problems
    }
}

/// What one person did in some days.
///
/// A number that was never reported is nil.
public struct PersonUse: Hashable, Sendable {
    /// The label `user_id`: GitHub's number or a pseudonym.
    public var id: String?
    /// The newest label `user_login`: a login or a pseudonym.
    public var login: String
    /// The days with an entry in the users report.
    public var dayCount = 0
    /// The newest of these days.
    public var newest: Day?
    /// Prompts.
    public var interactions: Double?
    /// Times Copilot generated code.
    public var generated: Double?
    /// Times the person accepted code.
    public var accepted: Double?
    /// Lines added with Copilot.
    public var linesAdded: Double?
    /// The editor with the most prompts and generations.
    public var editor: String?
    /// The feature with the most prompts and generations.
    public var feature: String?

    /// Describes a person who has done nothing yet.
    public init(id: String?, login: String) {
        self.id = id
        self.login = login
    }
}

/// The metrics of which a table of people is made, by name.
public enum PeopleMetric: String, CaseIterable, Sendable {
    /// Prompts.
    case interactions = "github_copilot_user_user_initiated_interaction_count"
    /// Times Copilot generated code.
    case generated = "github_copilot_user_code_generation_activity_count"
    /// Times the person accepted code.
    case accepted = "github_copilot_user_code_acceptance_activity_count"
    /// Lines added.
    case linesAdded = "github_copilot_user_loc_added_sum"
    /// Prompts by editor.
    case interactionsByEditor = "github_copilot_user_user_initiated_interaction_count_by_ide"
    /// Generations by editor: who only uses completions sends no prompts.
    case generatedByEditor = "github_copilot_user_code_generation_activity_count_by_ide"
    /// Prompts by feature.
    case interactionsByFeature = "github_copilot_user_user_initiated_interaction_count_by_feature"
    /// Generations by feature.
    case generatedByFeature = "github_copilot_user_code_generation_activity_count_by_feature"

    /// The label that breaks the metric down; nil for a total.
    public var label: String? {
        switch self {
        case .interactions, .generated, .accepted, .linesAdded: nil
        case .interactionsByEditor, .generatedByEditor: "ide"
        case .interactionsByFeature, .generatedByFeature: "feature"
        }
    }
}
