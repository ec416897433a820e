import Domain

extension Scenario {
    /// Scenarios about installations, permissions and authorizations.
    static let access = [
        Scenario("suspended-installation", "An owner suspended the App on the first organization.")
        {
            world, _ in
            world.updateFirst { organization in
                organization.installation?.suspendedAt = Timestamp(
                    endOf: organization.history.days.lowerBound)
            }
        },
        Scenario("policy-off", "The first organization's usage-metrics policy is off.") {
            world, _ in
            world.updateFirst { $0.isPolicyOn = false }
        },
        withoutPermission("no-members-permission", "members"),
        withoutPermission("no-metrics-permission", "organization_copilot_metrics"),
        withoutPermission("no-billing-permission", "organization_administration"),
        Scenario("billed-elsewhere", "An enterprise pays for the first organization.") {
            world, _ in
            world.updateFirst { $0.isBilledElsewhere = true }
        },
        Scenario("forbidden-emails", "GitHub withholds the email addresses of every third member.")
        {
            world, _ in
            world.updateAll { organization in
                for index in stride(from: 0, to: organization.members.count, by: 3) {
                    organization.members[index].isEmailForbidden = true
                }
            }
        },
        Scenario("not-an-owner", "The person owns every organization except the first.") {
            world, _ in
            world.updateFirst { $0.demoteEveryone() }
        },
        Scenario(
            "owner-lost", "The person no longer owns the first organization.", isLater: true
        ) { world, _ in
            world.updateFirst { $0.demoteEveryone() }
        },
        Scenario(
            "unproven-owner",
            "GitHub never says whether the person owns the first organization, with status 500."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.membership], organization: world.organizations.first?.login, .always,
                    .answers(.refusal(500, "Server Error"))))
        },
        Scenario(
            "revoked-authorization",
            "The person's tokens, including the refresh token, are revoked.",
            isLater: true
        ) { _, configuration in
            configuration.revoked = [Person.owner.login]
            configuration.faults.append(
                Fault(
                    on: [.refreshToken], .always,
                    .answers(
                        .json(
                            200,
                            .object([
                                "error": .string("bad_refresh_token"),
                                "error_description": .string(
                                    "The refresh token passed is incorrect or expired."),
                            ])))))
        },
        Scenario(
            "many-installations",
            "There are 250 more organizations, and installations on other accounts."
        ) {
            world, _ in
            let days = world.organizations.first?.history.days ?? Day(number: 0)...Day(number: 0)
            world.add(
                .generated(
                    organizations: 250, users: 2, seed: 250, firstDay: days.lowerBound,
                    lastDay: days.upperBound, name: "many", firstNumber: 1_000))
            world.otherInstallations += (0..<3).map { index in
                OtherInstallation(
                    id: Int64(3_000 + index), login: "person-\(index)",
                    accountID: Int64(60 + index),
                    target: .user)
            }
            world.otherInstallations.append(
                OtherInstallation(
                    id: 3_100, login: "big-enterprise", accountID: 700, target: .enterprise))
        },
    ]

    private static func withoutPermission(_ name: String, _ permission: String) -> Scenario {
        Scenario(name, "The first organization did not grant `\(permission)`.") { world, _ in
            world.updateFirst { $0.installation?.permissions[permission] = nil }
        }
    }
}

extension SimulatedOrganization {
    /// Leaves the organization without an owner that anybody knows.
    fileprivate mutating func demoteEveryone() {
        for index in members.indices { members[index].isOwner = false }
    }
}
