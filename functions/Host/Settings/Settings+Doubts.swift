import Domain
import Postgres
import RemoteWrite

extension Settings {
    /// What is allowed and probably not meant.
    func doubts(for functions: [FunctionName]) -> [String] {
        var doubts: [String] = []
        if functions.contains(.onAuthorizeCallback), appSlug == nil {
            doubts.append("GITHUB_APP_SLUG is not set: pages cannot say where to install the App")
        }
        if let length = setupToken?.reveal({ $0.utf8.count }), length < 16 {
            doubts.append("SETUP_TOKEN is shorter than 16 characters: it can be guessed")
        }
        if case .memory = stateStore {
            doubts.append(
                "STATE_STORE is memory: what is authorized is gone when this process ends")
        }
        if case .postgres(let address) = stateStore, !address.isGuarded {
            doubts.append(
                "STATE_STORE does not check who the server is: add sslmode=verify-full to it")
        }
        if case .postgres(let address) = eventBus, !address.isGuarded {
            doubts.append(
                "EVENT_BUS does not check who the server is: add sslmode=verify-full to it")
        }
        for case .remoteWrite(let backend, _) in sinks {
            if case .none = backend.authorization { continue }
            guard PublicURL(String(backend.url.prefix { $0 != "?" })) == nil else { continue }
            doubts.append(
                "METRICS_SINK sends credentials over plain http: use https, or leave them out")
        }
        return doubts
    }

    /// Finds names that are almost ours.
    ///
    /// - Parameter names: The names that are set.
    /// - Returns: A sentence for each, with the name that was probably meant.
    static func misspellings(in names: [String]) -> [String] {
        let known = Variable.allCases.map(\.rawValue)
        // Short names have too many neighbours.
        let targets = known.filter { $0.count >= 8 }.map { (name: $0, letters: letters(of: $0)) }
        return Set(names).subtracting(known + ["https_proxy"]).sorted().compactMap { name in
            let given = name.uppercased()
            let own = letters(of: given)
            // Two insertions or removals away, which is also one letter for another. Counting
            // letters first leaves next to none to compare, which is the greater part of a start.
            let near = targets.filter {
                zip($0.letters, own).reduce(0) { $0 + abs($1.0 - $1.1) } <= 2
            }
            .map { (name: $0.name, distance: $0.name.difference(from: given).count) }
            .min { $0.distance < $1.distance }
            guard let near, near.distance <= 2 else { return nil }
            return "\(name) is not read: did you mean \(near.name)?"
        }
    }

    /// How often each byte stands in a text.
    private static func letters(of text: String) -> [Int] {
        var counts = [Int](repeating: 0, count: 256)
        for byte in text.utf8 { counts[Int(byte)] += 1 }
        return counts
    }
}
