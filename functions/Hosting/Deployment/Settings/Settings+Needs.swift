import Domain
import Ports

extension Settings {
    /// The variables that a set of functions needs and that are not set.
    func missing(for functions: [FunctionName]) -> [SettingProblem] {
        var seen: Set<Variable> = []
        return functions.flatMap { function in
            Self.needs(of: function, in: self)
                .filter { !isSet($0) && seen.insert($0).inserted }
                .map(Self.problem)
        }
    }

    /// The variables of a list that are not set.
    func missing(_ variables: [Variable]) -> [SettingProblem] {
        variables.filter { !isSet($0) }.map(Self.problem)
    }

    private static func problem(_ variable: Variable) -> SettingProblem {
        SettingProblem(
            variable: variable,
            line: "\(variable.rawValue) is not set. Set it to \(variable.entry.meaning).")
    }

    private static func needs(of function: FunctionName, in settings: Settings) -> [Variable] {
        switch function {
        case .onAuthorize, .onAuthorizeCallback:
            // Off loopback anyone could open the page and connect organizations.
            let isOpen = settings.publicURL?.isLoopback ?? false
            return [.clientID, .publicURL, .stateStore, .encryptionKeys]
                + (function == .onAuthorizeCallback ? [.clientSecret] : [])
                + (isOpen ? [] : [.setupToken])
        case .onDailyTick: return [.clientID, .clientSecret, .stateStore, .encryptionKeys]
        case .onCollectOrg:
            return [.appID, .privateKey, .stateStore, .metricsSink]
                // Pseudonyms are keyed, so that no one can find a user by trying names.
                + (settings.userIdentity == .pseudonym ? [.encryptionKeys] : [])
        }
    }

    private func isSet(_ variable: Variable) -> Bool {
        switch variable {
        // GitHub accepts the client ID instead of the App ID.
        case .appID: appID != nil || clientID != nil
        case .clientID: clientID != nil
        case .clientSecret: clientSecret != nil
        case .privateKey: privateKey != nil
        case .publicURL: publicURL != nil
        case .setupToken: setupToken != nil
        case .stateStore: stateStore != nil
        case .encryptionKeys: !encryptionKeys.isEmpty
        case .metricsSink: !sinks.isEmpty
        case .eventBus: eventBus != nil
        default: true
        }
    }
}
