import Toolbox
import Domain

extension Scenario {
    /// Every scenario that comes with the simulation.
    public static let all = publication + access + refusals + trouble + files

    private static let publication = [
        Scenario("plain", "Everything works, and each day is published two hours after it ends.") {
            _, _ in
        },
        Scenario("late-reports", "Each day is published two days after it ends.") { world, _ in
            world.publication.append(PublicationRule(.published(after: .seconds(48 * 3_600))))
        },
        Scenario("uneven-reports", "The users report comes a day later than the others.") {
            world, _ in
            world.publication.append(
                PublicationRule(source: .users, .published(after: .seconds(30 * 3_600))))
        },
        Scenario("restated-day", "Each day says something else from 26 hours after its end.") {
            world, _ in
            world.publication.append(PublicationRule(.revised(after: .seconds(26 * 3_600))))
        },
        Scenario("missing-teams", "The user-teams report of the first organization never comes.") {
            world, _ in
            world.publication.append(
                PublicationRule(
                    organization: world.organizations.first?.login, source: .userTeams, .withheld))
        },
        Scenario(
            "empty-answers",
            "Days without a report are told in the forms beside 204, each once: 404 is one of them."
        ) { _, configuration in
            let empty = Answer(200, fields: ["content-type": "application/json"])
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
        Scenario("missing-files", "The links to the first organization's users answer 404.") {
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

    private static let access = [
        Scenario("suspended-installation", "An owner suspended the first organization's App.") {
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
        Scenario("forbidden-emails", "GitHub refuses the addresses of every third member.") {
            world, _ in
            world.updateAll { organization in
                for index in stride(from: 0, to: organization.members.count, by: 3) {
                    organization.members[index].isEmailForbidden = true
                }
            }
        },
        Scenario(
            "odd-installation",
            "GitHub lists the first organization's installation without saying whose it is.",
            isLater: true
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.userInstallations], .always, .hidesFirstAccount))
        },
        Scenario("not-an-owner", "The person owns all organizations but the first.") { world, _ in
            world.updateFirst { organization in
                for index in organization.members.indices {
                    organization.members[index].isOwner = false
                }
            }
        },
        Scenario(
            "revoked-authorization", "The person's tokens are dead, the refresh token too.",
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
        Scenario("many-installations", "250 more organizations, and accounts that are none.") {
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

    /// What the first organization answers to every question about its reports and its bill.
    private static let refusals = [
        refusing(
            "single-sign-on", "The first organization asks for single sign-on.",
            "Resource protected by organization SAML enforcement. You must grant your OAuth token "
                + "access to this organization.",
            fields: ["x-github-sso": "required; url=https://github.com/orgs/acme/sso"]),
        refusing(
            "ip-allow-list", "The first organization's IP allow list does not have our address.",
            "Although you appear to have the correct authorization credentials, the `acme` "
                + "organization has an IP allow list enabled, and your IP address is not permitted "
                + "to access this resource."),
        refusing(
            "used-up-limit", "The first organization's hourly requests are used up for an hour.",
            "API rate limit exceeded for installation.",
            fields: [
                "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "retry-after": "3600",
            ]),
    ]

    private static let trouble = [
        Scenario("expired-links", "Each report link is refused once, as if it had expired.") {
            _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.download], .firstOfEach(1),
                    .answers(
                        .storageRefusal(
                            403, code: "AuthenticationFailed",
                            message: "Signature not valid in the specified time frame."))))
        },
        Scenario(
            "rate-limited", "GitHub's secondary rate limit refuses three calls while collecting."
        ) {
            _, configuration in
            configuration.faults.append(
                Fault(
                    on: Operation.collecting, .first(3),
                    .answers(.secondaryRateLimit(retryAfter: 1))))
        },
        Scenario("flaky", "Every fifth call and every seventh download is answered by an error.") {
            _, configuration in
            configuration.faults += [
                Fault(.every(5), .answers(Answer(502, body: Array("Unicorn!".utf8)))),
                Fault(
                    on: [.download], .every(7),
                    .answers(
                        .storageRefusal(503, code: "ServerBusy", message: "The server is busy."))),
            ]
        },
        Scenario(
            "past-limit",
            "GitHub's secondary rate limit refuses two calls, until a moment that has passed."
        ) { _, configuration in
            var answer = Answer.secondaryRateLimit(retryAfter: 1)
            // RFC 9110, 10.2.3, lets it be a date as well.
            answer.fields["retry-after"] = "Sun, 06 Nov 1994 08:49:37 GMT"
            configuration.faults.append(
                Fault(on: [.usersReport], .first(2), .answers(answer)))
        },
        Scenario("outage", "On one day GitHub's API answers nothing but 503.", isLater: true) {
            world, configuration in
            guard let days = world.organizations.first?.history.days else { return }
            let middle = days.lowerBound.advanced(by: days.count / 2)
            configuration.faults.append(
                Fault(
                    during: middle...middle, .always,
                    .answers(.refusal(503, "No server is currently available."))))
        },
        Scenario(
            "broken-connections",
            "The connection breaks instead of every fifth answer of GitHub's API."
        ) { _, configuration in
            configuration.faults.append(Fault(.every(5), .breaksOff(after: 0)))
        },
        Scenario("broken-downloads", "The connection breaks in the midst of each file, once.") {
            _, configuration in
            configuration.faults.append(
                Fault(on: [.download], .firstOfEach(1), .breaksOff(after: 100)))
        },
        Scenario(
            "silent-calls",
            "GitHub takes the first three calls for the first organization's users report, and says "
                + "nothing."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.usersReport], organization: world.organizations.first?.login, .first(3),
                    .fallsSilent(after: nil)))
        },
        Scenario(
            "stalled-downloads",
            "The first organization's users files stop in the midst, each the first six times."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.download], organization: world.organizations.first?.login,
                    source: .users, .firstOfEach(6), .fallsSilent(after: 100)))
        },
        Scenario("damaged-downloads", "A digit of each file is wrong on its way, once.") {
            _, configuration in
            configuration.faults.append(Fault(on: [.download], .firstOfEach(1), .damages))
        },
        Scenario("bad-lines", "Every third file ends with a line that is not JSON.") {
            _, configuration in
            configuration.faults.append(
                Fault(on: [.download], .every(3), .appends(Array("{\"day\":\"2026-\n".utf8))))
        },
        Scenario(
            "graphql-rate-limited", "GraphQL asks for a pause once, with status 200."
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.members], .first(1), .answers(.graphQLRateLimit)))
        },
        Scenario(
            "graphql-errors", "GraphQL answers 200 with errors and without data, every time."
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.members], .always, .answers(.graphQLError)))
        },
        Scenario(
            "renamed-organization",
            "The first organization has a new name; its number is the same.", isLater: true
        ) { world, _ in
            world.updateFirst { $0.login += "-anew" }
        },
        Scenario(
            "left-organization", "The first organization takes the App away while it is collected."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.installationToken], organization: world.organizations.first?.login,
                    .always, .answers(.refusal(404, "Not Found"))))
        },
        Scenario(
            "suspended-meanwhile", "The first organization is suspended while it is collected."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.installationToken], organization: world.organizations.first?.login,
                    .always, .answers(.refusal(403, "This installation has been suspended"))))
        },
        Scenario(
            "differing-bills",
            "The lists by model say twice what the first organization's bill says."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.premiumRequests, .aiCredits],
                    organization: world.organizations.first?.login, .always, .doublesQuantities))
        },
        Scenario("clock-skew", "GitHub's clock is ten minutes behind.") { _, configuration in
            configuration.clockOffset = .seconds(-600)
        },
    ]

    private static func refusing(
        _ name: String, _ explanation: String, _ message: String, fields: [String: String] = [:]
    ) -> Scenario {
        var answer = Answer.refusal(403, message)
        answer.fields.merge(fields) { $1 }
        let refusal = answer
        return Scenario(name, explanation) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: Operation.collecting.subtracting([.members]),
                    organization: world.organizations.first?.login, .always, .answers(refusal)))
        }
    }

    private static func withoutPermission(_ name: String, _ permission: String) -> Scenario {
        Scenario(name, "The first organization did not grant `\(permission)`.") { world, _ in
            world.updateFirst { $0.installation?.permissions[permission] = nil }
        }
    }
}

extension Answer {
    /// How GraphQL asks for a pause: the refusal is in the body alone,
    /// <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>.
    public static let graphQLRateLimit = Answer.json(
        200,
        .object([
            "errors": .array([
                .object([
                    "type": .string("RATE_LIMITED"), "message": .string("API rate limit exceeded"),
                ])
            ])
        ]))

    /// How GraphQL says that it failed: with status 200, and nothing under `data`.
    public static let graphQLError = Answer.json(
        200,
        .object([
            "data": .null,
            "errors": .array([
                .object([
                    "message": .string("Something went wrong while executing your query.")
                ])
            ]),
        ]))

    /// How GitHub asks for a pause,
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
    public static func secondaryRateLimit(retryAfter seconds: Int) -> Answer {
        var answer = refusal(
            403, "You have exceeded a secondary rate limit. Please wait a few minutes.",
            documentation: "rest/using-the-rest-api/rate-limits-for-the-rest-api")
        answer.fields["retry-after"] = String(seconds)
        return answer
    }
}
