import Domain

extension Scenario {
    /// Scenarios in which GitHub limits requests or fails.
    static let errors = [
        Scenario(
            "rate-limited",
            "GitHub's secondary rate limit refuses three requests during collection."
        ) {
            _, configuration in
            configuration.faults.append(
                Fault(
                    on: GitHubOperation.collecting, .first(3),
                    .answers(.secondaryRateLimit(retryAfter: 1))))
        },
        Scenario(
            "flaky", "Every fifth request and every seventh download fails with a server error."
        ) {
            _, configuration in
            configuration.faults += [
                Fault(.every(5), .answers(SimulatedResponse(502, body: Array("Unicorn!".utf8)))),
                Fault(
                    on: [.download], .every(7),
                    .answers(
                        .storageRefusal(503, code: "ServerBusy", message: "The server is busy."))),
            ]
        },
        Scenario(
            "past-limit",
            "GitHub's secondary rate limit refuses two requests until a time in the past."
        ) { _, configuration in
            var response = SimulatedResponse.secondaryRateLimit(retryAfter: 1)
            // RFC 9110, section 10.2.3, also allows a date.
            response.fields["retry-after"] = "Sun, 06 Nov 1994 08:49:37 GMT"
            configuration.faults.append(
                Fault(on: [.usersReport], .first(2), .answers(response)))
        },
        Scenario("outage", "On one day, GitHub's API returns 503 to every request.", isLater: true)
        {
            world, configuration in
            guard let days = world.organizations.first?.history.days else { return }
            let middle = days.lowerBound.advanced(by: days.count / 2)
            configuration.faults.append(
                Fault(
                    during: middle...middle, .always,
                    .answers(.refusal(503, "No server is currently available."))))
        },
        Scenario(
            "graphql-rate-limited", "GraphQL reports an exhausted rate limit once, with status 200."
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.members], .first(1), .answers(.graphQLRateLimit)))
        },
        Scenario(
            "graphql-errors", "GraphQL always responds with status 200, errors and no data."
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.members], .always, .answers(.graphQLError)))
        },
    ]
}

extension SimulatedResponse {
    /// GraphQL's response to an exhausted rate limit, which only the body reports,
    /// <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>.
    public static let graphQLRateLimit = SimulatedResponse.json(
        200,
        .object([
            "errors": .array([
                .object([
                    "type": .string("RATE_LIMITED"), "message": .string("API rate limit exceeded"),
                ])
            ])
        ]))

    /// GraphQL's response to an internal error: status 200 without data.
    public static let graphQLError = SimulatedResponse.json(
        200,
        .object([
            "data": .null,
            "errors": .array([
                .object([
                    "message": .string("Something went wrong while executing your query.")
                ])
            ]),
        ]))

    /// GitHub's response to a client that exceeded a secondary rate limit,
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
    public static func secondaryRateLimit(retryAfter seconds: Int) -> SimulatedResponse {
        var response = refusal(
            403, "You have exceeded a secondary rate limit. Please wait a few minutes.",
            documentation: "rest/using-the-rest-api/rate-limits-for-the-rest-api")
        response.fields["retry-after"] = String(seconds)
        return response
    }
}
