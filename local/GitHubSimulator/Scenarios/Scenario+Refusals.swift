import Domain

extension Scenario {
    /// Scenarios in which GitHub refuses every request for the first organization's reports and bill.
    static let refusals = [
        refusing(
            "single-sign-on", "The first organization requires single sign-on.",
            "Resource protected by organization SAML enforcement. You must grant your OAuth token "
                + "access to this organization.",
            fields: ["x-github-sso": "required; url=https://github.com/orgs/acme/sso"]),
        refusing(
            "ip-allow-list", "The first organization's IP allow list does not contain our address.",
            "Although you appear to have the correct authorization credentials, the `acme` "
                + "organization has an IP allow list enabled, and your IP address is not permitted "
                + "to access this resource."),
        refusing(
            "used-up-limit", "The first organization's rate limit is exhausted for an hour.",
            "API rate limit exceeded for installation.",
            fields: [
                "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "retry-after": "3600",
            ]),
    ]

    private static func refusing(
        _ name: String, _ explanation: String, _ message: String, fields: [String: String] = [:]
    ) -> Scenario {
        var response = SimulatedResponse.refusal(403, message)
        response.fields.merge(fields) { $1 }
        let refusal = response
        return Scenario(name, explanation) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: GitHubOperation.collecting.subtracting([.members]),
                    organization: world.organizations.first?.login, .always, .answers(refusal)))
        }
    }
}
