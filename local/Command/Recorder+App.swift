import Deployment
import Domain
import Runner

extension Recorder {
    /// Learns the variables of an App that no variable named when the recording began.
    func learn(_ app: [Variable: String]) throws(Failure) {
        try learn(
            settings: app.filter { !$0.key.isSecret }.byName,
            secrets: app.filter(\.key.isSecret).byName)
    }
}
