public import Domain
import Ports
import Toolbox

/// The base URLs of GitHub: `github.com`, a tenant on `ghe.com`, or a simulator on loopback.
public struct GitHubEndpoints: Hashable, Sendable {
    /// The base URL of the REST API, without a trailing slash.
    public let api: String
    /// The base URL of GitHub's web pages, without a trailing slash.
    public let server: String
    /// The URL of the GraphQL API.
    public let graphql: String
    /// The hosts that report files may be downloaded from.
    public let reportHosts: ReportHosts

    /// Checks the URLs and derives the omitted ones.
    ///
    /// - Parameters:
    ///   - api: The value of `GITHUB_API_URL`.
    ///   - server: The value of `GITHUB_SERVER_URL`.
    ///   - graphql: The value of `GITHUB_GRAPHQL_URL`; nil for `api` followed by `/graphql`.
    ///   - reportHosts: The value of `GITHUB_REPORT_HOSTS`; nil for GitHub's own hosts.
    /// - Throws: `misconfigured`, naming the variable.
    public init(
        api: String = "https://api.github.com", server: String = "https://github.com",
        graphql: String? = nil, reportHosts: String? = nil
    ) throws(Failure) {
        self.api = try Origin.base(api, "GITHUB_API_URL")
        self.server = try Origin.base(server, "GITHUB_SERVER_URL")
        self.graphql = try Origin.base(graphql ?? self.api + "/graphql", "GITHUB_GRAPHQL_URL")
        self.reportHosts = try ReportHosts(reportHosts ?? ReportHosts.defaults(server: server))
    }
}
