import Domain

extension Scenario {
    /// Scenarios in which a refusal does not look like one, or somebody else answers.
    static let otherRefusals = [
        Scenario(
            "graphql-rate-limit",
            "GraphQL reports a rate limit by its other name once, while requests remain."
        ) { _, configuration in
            var response = SimulatedResponse.graphQLErrors([
                "type": "RATE_LIMIT", "code": "graphql_rate_limit",
                "message": "API rate limit already exceeded for installation ID 5.",
            ])
            response.fields["x-ratelimit-remaining"] = "4"
            configuration.faults.append(Fault(on: [.members], .first(1), .answers(response)))
        },
        refusingMembers(
            "graphql-allow-list",
            "GraphQL reports the first organization's IP allow list with status 200.",
            """
            Although you appear to have the correct authorization credentials, the `acme` \
            organization has an IP allow list enabled, and your IP address is not permitted to \
            access this resource.
            """),
        refusingMembers(
            "graphql-single-sign-on",
            "GraphQL reports the first organization's single sign-on with status 200.",
            """
            Resource protected by organization SAML enforcement. You must grant your OAuth token \
            access to this organization.
            """),
        Scenario(
            "hidden-organizations",
            "Single sign-on hides the first organization in the list of installations.",
            isLater: true
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.userInstallations], .always, .hidesFirstInstallation))
        },
        Scenario(
            "authorization-pause",
            "GitHub's OAuth host answers the first renewal of tokens with 403, a page and a wait."
        ) { _, configuration in
            configuration.accessTokenLife = .seconds(300)
            var response = SimulatedResponse.blockPage(403)
            response.fields["retry-after"] = "60"
            configuration.faults.append(
                Fault(on: [.refreshToken], .first(1), .answers(response)))
        },
        Scenario(
            "filter-page", "A filter answers the first organization's bill and reports with a page."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: GitHubOperation.collecting.subtracting([.members]),
                    organization: world.organizations.first?.login, .always,
                    .answers(.blockPage(200))))
        },
        filteringFiles(
            "filter-files", "A filter answers the first organization's users files with a page.",
            .blockPage(200)),
        filteringFiles(
            "filter-missing",
            "A filter answers the first organization's users files with a page and status 404.",
            .blockPage(404)),
        filteringFiles(
            "filter-redirect",
            "A filter redirects the first organization's users files to its own page.",
            SimulatedResponse(302, fields: ["location": "https://filter.example/blocked"])),
    ]

    private static func filteringFiles(
        _ name: String, _ explanation: String, _ response: SimulatedResponse
    ) -> Scenario {
        Scenario(name, explanation) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.download], organization: world.organizations.first?.login,
                    source: .users, .always, .answers(response)))
        }
    }

    private static func refusingMembers(
        _ name: String, _ explanation: String, _ message: String
    ) -> Scenario {
        Scenario(name, explanation) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.members], organization: world.organizations.first?.login, .always,
                    .answers(.graphQLErrors(["type": "FORBIDDEN", "message": message]))))
        }
    }
}

extension SimulatedResponse {
    /// GraphQL's response without data, with one error.
    static func graphQLErrors(_ error: [String: String]) -> SimulatedResponse {
        .json(
            200,
            .object([
                "data": .object(["organization": .null]),
                "errors": .array([
                    .object(
                        error.mapValues { .string($0) }.merging(["path": .array([])]) { $1 })
                ]),
            ]))
    }

    /// The page of a proxy or filter.
    static func blockPage(_ status: Int) -> SimulatedResponse {
        SimulatedResponse(
            status, fields: ["content-type": "text/html"],
            body: Array(
                "<!DOCTYPE html>\n<html><body>This address is blocked.</body></html>\n".utf8))
    }
}

extension Fault.Effect {
    /// Leaves out the first installation, as single sign-on does.
    static let hidesFirstInstallation = Self.rewrites { response in
        var hidden: JSONValue?
        response.rewriteFirst(of: ["installations"]) { installation in
            hidden = installation["account"]?["id"]
            return nil
        }
        guard case .integer(let number)? = hidden else { return }
        response.fields["x-github-sso"] = "partial-results; organizations=\(number)"
    }
}
