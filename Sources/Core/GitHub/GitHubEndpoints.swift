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
    /// Of `ghe.com` tenants and GitHub Enterprise Servers one of `api` and `server` is enough.
    ///
    /// - Parameters:
    ///   - api: The value of `GITHUB_API_URL`; nil for that of the same GitHub as `server`.
    ///   - server: The value of `GITHUB_SERVER_URL`; nil for that of the same GitHub as `api`.
    ///   - graphql: The value of `GITHUB_GRAPHQL_URL`; nil for that of the same GitHub as `api`.
    ///   - reportHosts: The value of `GITHUB_REPORT_HOSTS`; nil for GitHub's own hosts.
    /// - Throws: `misconfigured`, naming the variable.
    public init(
        api: String? = nil, server: String? = nil, graphql: String? = nil,
        reportHosts: String? = nil
    ) throws(Failure) {
        let givenAPI = try api.map { text throws(Failure) in
            try Self.corrected(api: try Origin.base(text, "GITHUB_API_URL"))
        }
        let givenServer = try server.map { text throws(Failure) in
            try Origin.base(text, "GITHUB_SERVER_URL")
        }
        let place = givenAPI.flatMap(Place.init(api:)) ?? givenServer.flatMap(Place.init(server:))
        self.api = givenAPI ?? place?.api ?? Self.standard.api
        self.server = givenServer ?? place?.server ?? Self.standard.server
        // A GitHub Enterprise Server has the version in the path of the REST API only.
        let base = self.api.hasSuffix("/api/v3") ? String(self.api.dropLast(3)) : self.api
        self.graphql = try Origin.base(graphql ?? base + "/graphql", "GITHUB_GRAPHQL_URL")
        self.reportHosts = try ReportHosts(
            reportHosts ?? ReportHosts.defaults(server: self.server))
    }

    /// Whether people authorize at github.com although the API is that of another GitHub.
    public var hasForeignServer: Bool {
        server == Self.standard.server && api != Self.standard.api
            && !(Origin(api)?.isLoopback ?? false)
    }

    /// The API and the web pages of one GitHub.
    private struct Place {
        let api: String
        let server: String

        init(api: String, server: String) {
            self.api = api
            self.server = server
        }

        /// The GitHub with this API; nil if its web pages cannot be derived.
        init?(api: String) {
            guard let origin = Origin(api) else { return nil }
            if api == GitHubEndpoints.standard.api {
                self = GitHubEndpoints.standard
            } else if origin.host.hasPrefix("api."), origin.host.hasSuffix(".ghe.com") {
                self.init(api: api, server: "https://\(origin.host.dropFirst("api.".count))")
            } else if api.hasSuffix("/api/v3") {
                self.init(api: api, server: String(api.dropLast("/api/v3".count)))
            } else {
                return nil
            }
        }

        /// The GitHub with these web pages; nil if its API cannot be derived.
        init?(server: String) {
            guard let origin = Origin(server), !origin.isLoopback else { return nil }
            if server == GitHubEndpoints.standard.server {
                self = GitHubEndpoints.standard
            } else if origin.host.hasSuffix(".ghe.com") {
                self.init(api: "https://api.\(origin.host)", server: server)
            } else {
                self.init(api: server + "/api/v3", server: server)
            }
        }
    }

    private static let standard = Place(
        api: "https://api.github.com", server: "https://github.com")

    /// The address of the API, if another address of a GitHub in the cloud was given.
    private static func corrected(api: String) throws(Failure) -> String {
        guard let origin = Origin(api) else { return api }
        switch origin.host {
        case "github.com", "www.github.com", "api.github.com":
            guard api == standard.api else {
                throw Failure(
                    .misconfigured,
                    """
                    GITHUB_API_URL is not the address of an API. Set it to \(standard.api), without \
                    a path
                    """)
            }
            return api
        case let host where host.hasSuffix(".ghe.com"):
            // A tenant has its API on a host of its own, and no version in its path.
            return "https://" + (host.hasPrefix("api.") ? host : "api.\(host)")
        default: return api
        }
    }
}
