/// The seven counts that GitHub repeats at every level of a report.
struct Counts: Sendable {
    var interactions = 0
    var generations = 0
    var acceptances = 0
    var linesSuggestedToAdd = 0
    var linesSuggestedToDelete = 0
    var linesAdded = 0
    var linesDeleted = 0

    static func += (lhs: inout Self, rhs: Self) {
        lhs.interactions += rhs.interactions
        lhs.generations += rhs.generations
        lhs.acceptances += rhs.acceptances
        lhs.linesSuggestedToAdd += rhs.linesSuggestedToAdd
        lhs.linesSuggestedToDelete += rhs.linesSuggestedToDelete
        lhs.linesAdded += rhs.linesAdded
        lhs.linesDeleted += rhs.linesDeleted
    }
}

/// The activity in one editor, with one feature, in one language, through one model.
///
/// Every total and every breakdown of a report is a sum over activities, so they agree as far as
/// GitHub's do. The editor did not report a dimension that is nil: the activity counts in the totals,
/// but not in breakdowns by that dimension.
struct Activity: Sendable {
    var ide: String?
    var feature: String?
    var language: String?
    var model: String?
    var counts: Counts
}

/// The use of the command line.
struct CommandLineUse: Sendable {
    var sessions = 0
    var requests = 0
    var prompts = 0
    var outputTokens = 0
    var promptTokens = 0

    static func += (lhs: inout Self, rhs: Self) {
        lhs.sessions += rhs.sessions
        lhs.requests += rhs.requests
        lhs.prompts += rhs.prompts
        lhs.outputTokens += rhs.outputTokens
        lhs.promptTokens += rhs.promptTokens
    }
}
