import Deployment
import Domain
import Runner

extension Recorder {
    /// Learns the variables of an App that no variable named when the recording began.
    func learn(_ app: [Variable: String]) throws(Failure) {
        func values(_ isWanted: (Variable) -> Bool) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: app.filter { isWanted($0.key) }
                    .map { ($0.key.rawValue, $0.value) })
        }
        try learn(settings: values { !$0.isSecret }, secrets: values(\.isSecret))
    }
}
