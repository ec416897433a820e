import Domain

extension Scenario {
    /// Scenarios in which something changes or differs while days are collected.
    static let changes = [
        Scenario(
            "renamed-organization",
            "The first organization has a new login and the same ID.", isLater: true
        ) { world, _ in
            world.updateFirst { $0.login += "-anew" }
        },
        Scenario(
            "left-organization", "The first organization uninstalls the App during collection."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.installationToken], organization: world.organizations.first?.login,
                    .always, .answers(.refusal(404, "Not Found"))))
        },
        Scenario(
            "suspended-meanwhile",
            "The App is suspended on the first organization during collection."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.installationToken], organization: world.organizations.first?.login,
                    .always, .answers(.refusal(403, "This installation has been suspended"))))
        },
        Scenario("clock-skew", "GitHub's clock is ten minutes behind.") { _, configuration in
            configuration.clockOffset = .seconds(-600)
        },
    ]
}
