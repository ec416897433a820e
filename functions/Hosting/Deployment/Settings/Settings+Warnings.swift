import Domain
import GitHub
import Postgres
import RemoteWrite
import Toolbox

extension Settings {
    /// Warnings about settings that are valid but probably not intended.
    func warnings(for functions: [FunctionName]) -> [String] {
        var warnings: [String] = []
        if functions.contains(.onAuthorizeCallback), appSlug == nil, !usesStoredApp {
            warnings.append(
                "GITHUB_APP_SLUG is not set, so pages cannot link to the App's installation.")
        }
        if gitHub.hasForeignServer {
            warnings.append(
                """
                GITHUB_API_URL is \(gitHub.api), but people authorize at \(gitHub.server). Set \
                GITHUB_SERVER_URL to the address of the same GitHub's web pages.
                """)
        }
        if let clientID, !clientID.hasPrefix("Iv") {
            warnings.append(
                """
                GITHUB_APP_CLIENT_ID is not that of a GitHub App, which begins with Iv. Copy it from the \
                App's settings; that of an OAuth App and the App ID do not work.
                """)
        }
        if let warning = enterprise?.tokenWarning { warnings.append(warning) }
        if let length = setupToken?.reveal({ $0.utf8.count }), length < 16 {
            warnings.append(
                "SETUP_TOKEN is shorter than 16 characters and can be guessed. Use a longer one.")
        }
        for organization in organizations.contradictions {
            warnings.append(
                "ORGANIZATIONS names \(organization), but ORGANIZATIONS_EXCEPT leaves it out.")
        }
        if case .memory = stateStore {
            warnings.append(
                "STATE_STORE is memory: authorizations are lost when this process ends.")
        }
        if case .postgres(let address) = stateStore, !address.isGuarded {
            warnings.append(
                "STATE_STORE does not verify the server's certificate. Add sslmode=verify-full to it."
            )
        }
        if case .postgres(let address) = eventBus, !address.isGuarded {
            warnings.append(
                "EVENT_BUS does not verify the server's certificate. Add sslmode=verify-full to it."
            )
        }
        for case .remoteWrite(let backend, _) in sinks {
            if case .none = backend.authorization { continue }
            guard PublicURL(String(backend.url.prefix { $0 != "?" })) == nil else { continue }
            warnings.append(
                "METRICS_SINK sends credentials over plain http. Use https, or remove the credentials."
            )
        }
        return warnings
    }

    /// Finds names that are almost those of variables.
    ///
    /// - Parameter names: The names that are set.
    /// - Returns: A sentence for each, with the probable name.
    static func misspellings(in names: [String]) -> [String] {
        misspelled(names).map {
            "\($0.name) is not a variable of this program. Did you mean \($0.meant)?"
        }
    }

    /// Names that are almost those of variables, with the probable ones.
    static func misspelled(_ names: [String]) -> [(name: String, meant: String)] {
        let known = Variable.allCases.map(\.rawValue)
        // Short names have too many neighbours.
        let long = known.filter { $0.utf8.count >= 8 }
        return Set(names).subtracting(known + ["https_proxy"]).sorted().compactMap { name in
            let capitals = name.uppercased()
            // At most two insertions or removals, which includes one replaced letter.
            let near =
                long
                .compactMap { known in
                    Spelling.distance(known.utf8[...], capitals.utf8[...], atMost: 2)
                        .map { (name: known, distance: $0) }
                }
                .min { $0.distance < $1.distance }
            return near.map { (name, $0.name) }
        }
    }
}
