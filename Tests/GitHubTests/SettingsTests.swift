import Domain
import GitHub
import Testing

@Suite("The settings of the GitHub client", .timeLimit(.minutes(5)))
struct SettingsTests {
    @Test("are derived from one another")
    func defaults() throws {
        let endpoints = try GitHubEndpoints(
            api: "https://api.acme.ghe.com/", server: "https://acme.ghe.com")
        #expect(endpoints.api == "https://api.acme.ghe.com")
        #expect(endpoints.graphql == "https://api.acme.ghe.com/graphql")
        #expect(
            endpoints.reportHosts
                == (try ReportHosts(
                    """
                    copilot-reports.acme.ghe.com,copilot-reports.github.com,\
                    *.blob.core.windows.net
                    """)))
        #expect(
            try GitHubEndpoints().reportHosts
                == (try ReportHosts("copilot-reports.github.com,*.blob.core.windows.net")))
    }

    // swift-format-ignore
    @Test(
        "need only one address of a GitHub, in any form in which people paste it",
        arguments: [
            ("https://api.acme.ghe.com", nil, "https://api.acme.ghe.com", "https://acme.ghe.com", "https://api.acme.ghe.com/graphql"),
            (nil, "https://acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com", "https://api.acme.ghe.com/graphql"),
            ("https://acme.ghe.com/api/v3", nil, "https://api.acme.ghe.com", "https://acme.ghe.com", "https://api.acme.ghe.com/graphql"),
            ("https://api.acme.ghe.com/api/v3/", nil, "https://api.acme.ghe.com", "https://acme.ghe.com", "https://api.acme.ghe.com/graphql"),
            ("https://git.acme.example/api/v3", nil, "https://git.acme.example/api/v3", "https://git.acme.example", "https://git.acme.example/api/graphql"),
            (nil, "https://git.acme.example/", "https://git.acme.example/api/v3", "https://git.acme.example", "https://git.acme.example/api/graphql"),
            (nil, "https://github.com/", "https://api.github.com", "https://github.com", "https://api.github.com/graphql"),
            ("https://api.github.com/", nil, "https://api.github.com", "https://github.com", "https://api.github.com/graphql"),
            (nil, nil, "https://api.github.com", "https://github.com", "https://api.github.com/graphql"),
        ] as [(String?, String?, String, String, String)])
    func derived(
        api: String?, server: String?, expectedAPI: String, expectedServer: String, graphql: String
    ) throws {
        let endpoints = try GitHubEndpoints(api: api, server: server)
        #expect(endpoints.api == expectedAPI)
        #expect(endpoints.server == expectedServer)
        #expect(endpoints.graphql == graphql)
        #expect(!endpoints.hasForeignServer)
    }

    @Test("are remarked on if people would authorize at another GitHub")
    func foreign() throws {
        #expect(try GitHubEndpoints(api: "https://git.acme.example/rest").hasForeignServer)
        #expect(try !GitHubEndpoints(api: "http://127.0.0.1:8080").hasForeignServer)
    }

    @Test(
        "are rejected if the API's address is that of the web pages, or has a server's path",
        arguments: [
            "https://github.com", "https://github.com/api/v3", "https://api.github.com/api/v3",
            "https://www.github.com/",
        ])
    func wrongAddress(text: String) {
        let failure = #expect(throws: Failure.self) { try GitHubEndpoints(api: text) }
        #expect(failure?.code == .misconfigured)
        #expect(
            failure?.message.contains("Set it to https://api.github.com, without a path") ?? false)
    }

    @Test(
        "are rejected with the variable's name",
        arguments: [
            "", "github.com", "http://github.com", "ftp://github.com", "https://user@github.com",
            "https://github.com?x", "https://github.com#x", "https://git hub.com",
        ])
    func addresses(text: String) throws {
        let failures = [
            #expect(throws: Failure.self) { try GitHubEndpoints(api: text) },
            #expect(throws: Failure.self) { try GitHubEndpoints(server: text) },
            #expect(throws: Failure.self) { try GitHubEndpoints(graphql: text) },
        ]
        #expect(failures.map { $0?.code } == Array(repeating: .misconfigured, count: 3))
        #expect(
            zip(failures, ["API_URL", "SERVER_URL", "GRAPHQL_URL"]).allSatisfy {
                $0?.message.contains($1) ?? false
            })
    }

    @Test("allow plain HTTP on loopback", arguments: ["127.0.0.1:8080", "localhost", "[::1]:1"])
    func loopback(host: String) throws {
        #expect(try GitHubEndpoints(api: "http://\(host)/api/").api == "http://\(host)/api")
    }

    @Test(
        "reject lists that contain anything but hosts",
        arguments: [
            "", " , ", "https://a.example", "a.example/path", "*", "*.", "a b@c", "a:99999",
            "a.example b.example",
        ])
    func hosts(list: String) {
        let failure = #expect(throws: Failure.self) { try ReportHosts(list) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("GITHUB_REPORT_HOSTS") ?? false)
    }
}
