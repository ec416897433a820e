import Domain

extension Scenario {
    /// Scenarios in which GitHub does not know a token for the first seconds after its issue.
    static let freshCredentials = [
        Scenario(
            "fresh-user-tokens",
            "GitHub refuses the first two requests with each new user token, with 401."
        ) { _, configuration in
            // A tick renews a token that is about to expire, so that its own is new as well.
            configuration.accessTokenLife = .seconds(300)
            configuration.faults.append(
                Fault(
                    on: [.user, .userInstallations, .membership, .memberships],
                    .firstOfEachToken(2),
                    .answers(.refusal(401, "Bad credentials"))))
        },
        Scenario(
            "fresh-installation-tokens",
            "GitHub refuses the first request with each new installation token, with 401."
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: GitHubOperation.collecting, .firstOfEachToken(1),
                    .answers(.refusal(401, "Bad credentials"))))
        },
        Scenario(
            "fresh-permissions",
            "The first two requests with each new installation token lack its permissions."
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: GitHubOperation.collecting, .firstOfEachToken(2),
                    .answers(.refusal(403, "Resource not accessible by integration"))))
        },
    ]
}
