import Domain

extension Scenario {
    /// Scenarios about making, installing and losing the App.
    static let settingUp = [
        Scenario("app-name-taken", "The suggested name of a new App belongs to another App.") {
            _, configuration in
            configuration.isFirstNameTaken = true
        },
        Scenario("manifest-code-expired", "The code of a new App is never accepted.") {
            _, configuration in
            configuration.faults.append(
                Fault(on: [.convertManifest], .always, .answers(.refusal(404, "Not Found"))))
        },
        Scenario("manifest-outage", "The first exchange of a new App's code fails with a 503.") {
            _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.convertManifest], .first(1),
                    .answers(.refusal(503, "No server is currently available."))))
        },
        Scenario(
            "manifest-answer-lost",
            "A new App's code is exchanged, but the connection breaks before its credentials arrive."
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.convertManifest], .first(1), .breaksOff(after: 40)))
        },
        Scenario(
            "install-without-code",
            "Installing the App returns without a code, as where it was installed already."
        ) { _, configuration in
            configuration.installsWithoutCode = true
        },
        Scenario("app-deleted", "The App is deleted on GitHub, with all its tokens.", isLater: true)
        { _, configuration in
            configuration.app = nil
        },
        Scenario("app-renamed", "The App is renamed on GitHub.", isLater: true) {
            _, configuration in
            configuration.app?.slug += "-renamed"
        },
    ]
}
