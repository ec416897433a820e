import Domain
import Ports
import Toolbox

extension Settings {
    /// The variables that a set of functions needs and that are not set.
    func missing(for functions: [FunctionName]) -> [SettingProblem] {
        var seen: Set<Variable> = []
        return functions.flatMap { function in
            Self.needs(of: function, in: self)
                .filter { !isSet($0) && seen.insert($0).inserted }
                .filter { !usesStoredApp || !Variable.ofApp.contains($0) }
                .map(Self.problem)
        }
    }

    /// The setup token, if other machines can reach the pages and it is not set.
    ///
    /// PUBLIC_URL alone cannot answer that: a program that listens on every address is reached by every
    /// address of the machine, whatever it calls itself.
    ///
    /// - Parameter host: The address that pages are served on; nil if none are served.
    func missingSetupToken(
        for functions: [FunctionName], listeningOn host: String?
    ) -> [SettingProblem] {
        guard let host, setupToken == nil, publicURL?.isLoopback ?? false,
            functions.contains(where: { $0 == .onAuthorize || $0 == .onAuthorizeCallback }),
            !IPAddress.isLoopback(host: host.lowercased())
        else { return [] }
        return [
            SettingProblem(
                variable: .setupToken,
                line: """
                    SETUP_TOKEN is not set, but other machines can reach the address \(host) that is \
                    listened on. Set it to \(Variable.setupToken.entry.meaning).
                    """)
        ]
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
                // Pseudonyms are keyed, so that no one can find a user by trying names. A stored App
                // is sealed.
                + (settings.userIdentity == .pseudonym || settings.usesStoredApp
                    ? [.encryptionKeys] : [])
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
