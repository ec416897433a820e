import Domain
import Toolbox

/// The problems that the ticks and the runner keep until they are resolved.
extension ConsoleProblem {
    /// Kinds that the pages describe themselves, with links to where to act.
    private static let described: Set<Problem.Kind> = [.source, .backend, .notConnected]

    /// Describes stored problems, those of one text once.
    ///
    /// - Parameter organization: Only those of this organization; nil for all.
    static func problems(
        _ stored: [Problem], of organization: OrganizationLogin? = nil
    ) -> [ConsoleProblem] {
        stored.filter { problem in
            !described.contains(problem.kind)
                && (organization == nil || problem.organization == organization?.description)
        }.grouped { [$0.kind.rawValue, $0.text] }.map { _, alike in
            let since = alike.map(\.since).min()
            let remedy = alike.compactMap(\.remedy).first
            let isDead = alike[0].kind == .deadLetters
            return ConsoleProblem(
                title(alike),
                alike[0].text.withFullStop + (remedy.map { " " + $0.withFullStop } ?? ""),
                organizations: alike.compactMap(\.organization).compactMap(OrganizationLogin.init),
                period: since.map { "since \($0.words)" },
                links: isDead ? [Link("See why", "/events?show=failed")] : [],
                command: isDead ? "copilot-local dead-letters redrive" : nil,
                button: isDead ? Button("Send all again", .redrive(nil)) : nil,
                isMild: alike.allSatisfy { !$0.isFault })
        }
    }

    private static func title(_ alike: [Problem]) -> String {
        switch alike[0].kind {
        case .authorization: "GitHub has to be authorized again"
        case .unavailable: "GitHub could not be asked"
        case .unreadable: "An organization could not be read"
        case .suspended: "The GitHub App is suspended"
        case .missing: "An organization is no longer reached"
        case .skipped, .notOwner: "Skipped"
        case .deadLetters: "Events failed for good"
        case .retrying: "Events are waiting for another attempt"
        case .missedTick: "The daily tick has stopped"
        case .collectorMetrics: "Metrics about the collector were not written"
        case .state: "Stored data cannot be read"
        default: "Needs attention"
        }
    }
}
