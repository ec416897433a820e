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
