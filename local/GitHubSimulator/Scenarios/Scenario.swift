import Domain

/// A named situation at GitHub: the changes to the world and to the simulator's behavior.
///
/// A scenario about one organization changes only the first, so that a run also shows that the others
/// are not affected.
public struct Scenario: Sendable {
    /// The name on the command line.
    public let name: String
    /// What happens, in one sentence.
    public let explanation: String
    /// Whether the scenario begins only after a person authorized the App, because it prevents or
    /// presumes the authorization.
    public let isLater: Bool
    private let change: @Sendable (inout World, inout SimulatorConfiguration) -> Void

    /// Creates a scenario.
    public init(
        _ name: String, _ explanation: String, isLater: Bool = false,
        _ change: @escaping @Sendable (inout World, inout SimulatorConfiguration) -> Void
    ) {
        self.name = name
        self.explanation = explanation
        self.isLater = isLater
        self.change = change
    }

    /// Applies the changes.
    public func apply(to world: inout World, _ configuration: inout SimulatorConfiguration) {
        change(&world, &configuration)
    }

    /// The scenario with this name.
    public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}

extension SimulatedGitHub {
    /// Begins a scenario, from the next request on.
    public func begin(_ scenario: Scenario) {
        var (changed, behavior) = (world, configuration)
        behavior.faults = []
        behavior.app = app
        scenario.apply(to: &changed, &behavior)
        let world = changed
        update { $0 = world }
        if behavior.app?.slug != app?.slug {
            // The key is the one that GitHub knows already.
            do throws(Failure) {
                try register(behavior.app)
            } catch {
                preconditionFailure("a registered App has a key: \(error)")
            }
        }
        strike(with: behavior.faults)
        for login in behavior.revoked { revokeAuthorization(of: login) }
    }
}

extension World {
    /// Changes the first organization, the one that scenarios about one organization affect.
    mutating func updateFirst(_ change: (inout SimulatedOrganization) -> Void) {
        if !organizations.isEmpty { change(&organizations[0]) }
    }
}
