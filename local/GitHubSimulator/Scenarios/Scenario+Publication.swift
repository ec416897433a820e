import Domain

extension Scenario {
    /// Scenarios about when reports appear and change.
    static let publication = [
        Scenario("plain", "Everything works. Each day is published two hours after it ends.") {
            _, _ in
        },
        Scenario("late-reports", "Each day is published two days after it ends.") { world, _ in
            world.publication.append(PublicationRule(.published(after: .seconds(48 * 3_600))))
        },
        Scenario("uneven-reports", "The users report appears a day later than the others.") {
            world, _ in
            world.publication.append(
                PublicationRule(source: .users, .published(after: .seconds(30 * 3_600))))
        },
        Scenario("restated-day", "Each day is restated 26 hours after it ends.") {
            world, _ in
            world.publication.append(PublicationRule(.revised(after: .seconds(26 * 3_600))))
        },
        Scenario("missing-teams", "The first organization's user-teams report never appears.") {
            world, _ in
            world.publication.append(
                PublicationRule(
                    organization: world.organizations.first?.login, source: .userTeams, .withheld))
        },
        Scenario(
            "empty-answers",
            "GitHub reports days without a report in the forms other than 204, such as 404, once each."
        ) { _, configuration in
            let empty = SimulatedResponse(200, fields: ["content-type": "application/json"])
            configuration.faults += [
                Fault(on: [.organizationReport], .first(1), .answers(empty)),
                Fault(on: [.organizationReport], .first(1), .answers(.json(200, .string("")))),
                Fault(
                    on: [.usersReport], .first(1),
                    .answers(.json(200, .string("No report available")))),
                Fault(on: [.usersReport], .first(1), .answers(.refusal(404, "Not Found"))),
                Fault(
                    on: [.userTeamsReport], .first(1),
                    .answers(.json(200, .object(["download_links": .array([])])))),
            ]
        },
        Scenario("missing-files", "The links to the first organization's users files return 404.") {
            world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.download], organization: world.organizations.first?.login,
                    source: .users, .always,
                    .answers(
                        .storageRefusal(
                            404, code: "BlobNotFound",
                            message: "The specified blob does not exist."))))
        },
    ]
}
