/// A named way for things to be at GitHub: what it changes in the world and in the behaviour.
///
/// What concerns one organization only strikes the first of the world, so that a run also shows
/// that the others go on undisturbed.
public struct Scenario: Sendable {
    /// The name, as the command line takes it.
    public let name: String
    /// What happens, in one sentence.
    public let explanation: String
    /// Whether it begins only when somebody has authorized: what nobody could authorize under, or
    /// what only befalls those who have.
    public let isLater: Bool
    private let change: @Sendable (inout World, inout Configuration) -> Void

    /// Creates a scenario.
    public init(
        _ name: String, _ explanation: String, isLater: Bool = false,
        _ change: @escaping @Sendable (inout World, inout Configuration) -> Void
    ) {
        self.name = name
        self.explanation = explanation
        self.isLater = isLater
        self.change = change
    }

    /// Makes it so.
    public func apply(to world: inout World, _ configuration: inout Configuration) {
        change(&world, &configuration)
    }

    /// The scenario with this name.
    public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}

extension SimulatedGitHub {
    /// Lets a scenario begin, from the next request on.
    public func begin(_ scenario: Scenario) {
        var (changed, behaviour) = (world, configuration)
        behaviour.faults = []
        scenario.apply(to: &changed, &behaviour)
        let world = changed
        update { $0 = world }
        strike(with: behaviour.faults)
        for login in behaviour.revoked { revokeAuthorization(of: login) }
    }
}

extension World {
    /// Changes the first organization; what concerns one organization strikes it.
    mutating func updateFirst(_ change: (inout SimulatedOrganization) -> Void) {
        if !organizations.isEmpty { change(&organizations[0]) }
    }
}
