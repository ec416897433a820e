import Domain

extension Scenario {
    /// Scenarios in which GitHub gives up on pages that are too large.
    static let pageSizes = [
        Scenario(
            "slow-members", "GraphQL gives up on pages of more than 50 members, with status 502."
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.members], .largePages(above: 50),
                    .answers(.blockPage(502))))
        },
        Scenario(
            "slow-members-quietly",
            "GraphQL gives up on pages of more than 25 members, with status 200 and no data."
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.members], .largePages(above: 25), .answers(.graphQLError)))
        },
        Scenario(
            "slow-installations",
            "GitHub gives up on pages of more than 25 installations, with status 504.",
            isLater: true
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.userInstallations], .largePages(above: 25),
                    .answers(.refusal(504, "We couldn't respond to your request in time."))))
        },
    ]
}
