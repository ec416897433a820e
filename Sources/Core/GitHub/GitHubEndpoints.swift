import Toolbox
public import Domain
import Ports

/// Where GitHub is: `github.com`, a tenant on `ghe.com`, or a stand-in on loopback.
public struct GitHubEndpoints: Hashable, Sendable {
    /// The base of the REST interface, without a slash at the end.
    public let api: String
    /// The base of the web pages, without a slash at the end.
    public let server: String
    /// The address of the GraphQL interface.
    public let graphql: String
    /// Where report files may be fetched from.
    public let reportHosts: ReportHosts

    /// Checks addresses; what is not given follows from what is.
    ///
    /// - Parameters:
    ///   - api: The value of `GITHUB_API_URL`.
    ///   - server: The value of `GITHUB_SERVER_URL`.
    ///   - graphql: The value of `GITHUB_GRAPHQL_URL`; nil for `/graphql` under `api`.
    ///   - reportHosts: The value of `GITHUB_REPORT_HOSTS`; nil for GitHub's own.
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
