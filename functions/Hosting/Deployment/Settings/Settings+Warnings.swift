import Domain
import Postgres
import RemoteWrite

extension Settings {
    /// What is allowed and probably not meant.
    func warnings(for functions: [FunctionName]) -> [String] {
        var warnings: [String] = []
        if functions.contains(.onAuthorizeCallback), appSlug == nil {
            warnings.append("GITHUB_APP_SLUG is not set: pages cannot say where to install the App")
        }
        if let length = setupToken?.reveal({ $0.utf8.count }), length < 16 {
            warnings.append("SETUP_TOKEN is shorter than 16 characters: it can be guessed")
        }
        if case .memory = stateStore {
            warnings.append(
                "STATE_STORE is memory: what is authorized is gone when this process ends")
        }
        if case .postgres(let address) = stateStore, !address.isGuarded {
            warnings.append(
                "STATE_STORE does not check who the server is: add sslmode=verify-full to it")
        }
        if case .postgres(let address) = eventBus, !address.isGuarded {
            warnings.append(
                "EVENT_BUS does not check who the server is: add sslmode=verify-full to it")
        }
        for case .remoteWrite(let backend, _) in sinks {
            if case .none = backend.authorization { continue }
            guard PublicURL(String(backend.url.prefix { $0 != "?" })) == nil else { continue }
            warnings.append(
                "METRICS_SINK sends credentials over plain http: use https, or leave them out")
        }
        return warnings
    }

    /// Finds names that are almost ours.
    ///
    /// - Parameter names: The names that are set.
    /// - Returns: A sentence for each, with the name that was probably meant.
    static func misspellings(in names: [String]) -> [String] {
        let known = Variable.allCases.map(\.rawValue)
        // Short names have too many neighbours.
        let long = known.filter { $0.utf8.count >= 8 }
        return Set(names).subtracting(known + ["https_proxy"]).sorted().compactMap { name in
            let capitals = name.uppercased()
            // Two insertions or removals away, which is also one letter for another.
            let near =
                long
                .compactMap { known in
                    distance(known.utf8[...], capitals.utf8[...], atMost: 2)
                        .map { (name: known, distance: $0) }
                }
                .min { $0.distance < $1.distance }
            return near.map { "\(name) is not read: did you mean \($0.name)?" }
        }
    }

    /// How many insertions and removals make one word of the other; nil if more than `limit`.
    ///
    /// Every variable of the process is compared with every one of ours before the first event is
    /// looked at, so most pairs have to be done with after a letter or two.
    private static func distance(
        _ lhs: Substring.UTF8View, _ rhs: Substring.UTF8View, atMost limit: Int
    ) -> Int? {
        guard abs(lhs.count - rhs.count) <= limit else { return nil }
        var (lhs, rhs) = (lhs, rhs)
        while let letter = lhs.first, letter == rhs.first {
            lhs.removeFirst()
            rhs.removeFirst()
        }
        guard !lhs.isEmpty || !rhs.isEmpty else { return 0 }
        guard limit > 0 else { return nil }
        let rests = [
            distance(lhs.dropFirst(), rhs, atMost: limit - 1),
            distance(lhs, rhs.dropFirst(), atMost: limit - 1),
        ]
        return rests.compactMap(\.self).min().map { $0 + 1 }
    }
}
