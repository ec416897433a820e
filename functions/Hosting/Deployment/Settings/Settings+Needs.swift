import Domain
import Ports

extension Settings {
    /// Lists what a set of functions needs and is not set.
    func missing(for functions: [FunctionName]) -> [SettingProblem] {
        var seen: Set<Variable> = []
        return functions.flatMap { function in
            Self.needs(of: function, in: self)
                .filter { !isSet($0) && seen.insert($0).inserted }
                .map { variable in
                    SettingProblem(
                        variable: variable,
                        line: "\(variable.rawValue) is not set, and \(function.rawValue) needs it:"
                            + " set it to \(variable.entry.meaning)")
                }
        }
    }

    /// Lists what must be set whatever the functions are, and is not.
    func missing(_ variables: [Variable]) -> [SettingProblem] {
        variables.filter { !isSet($0) }.map { variable in
            SettingProblem(
                variable: variable,
                line: "\(variable.rawValue) is not set: set it to \(variable.entry.meaning)")
        }
    }

    private static func needs(of function: FunctionName, in settings: Settings) -> [Variable] {
        switch function {
        case .onAuthorize, .onAuthorizeCallback:
            // Off loopback anybody could open the page and have us collect their organizations.
            let isOpen = settings.publicURL?.isLoopback ?? false
            return [.clientID, .publicURL, .stateStore, .encryptionKeys]
                + (function == .onAuthorizeCallback ? [.clientSecret] : [])
                + (isOpen ? [] : [.setupToken])
        case .onDailyTick: return [.clientID, .clientSecret, .stateStore, .encryptionKeys]
        case .onCollectOrg:
            return [.appID, .privateKey, .stateStore, .metricsSink]
                // Pseudonyms are keyed, so that nobody can find a person by trying names.
                + (settings.userIdentity == .pseudonym ? [.encryptionKeys] : [])
        }
    }

    private func isSet(_ variable: Variable) -> Bool {
        switch variable {
        // GitHub takes the client id for the number.
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
