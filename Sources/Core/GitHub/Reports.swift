public import Domain
public import Ports
import Toolbox

/// Whether GitHub has a report, and the links to its files.
public enum ReportAvailability: Sendable {
    /// GitHub does not have the report, at least not yet. The numbers are unknown, never zero.
    case notReady(reason: String)
    /// The files that make up the report; at least one.
    case ready(links: [ReportLink])
}

/// The URL of one file of a report.
///
/// The URL grants access for about an hour, so this type prints as the host alone.
public struct ReportLink: Sendable, CustomStringConvertible {
    /// The file's host, for logs.
    public let host: String
    let url: Secret
    let origin: Origin

    /// The host alone.
    public var description: String { host }

    /// Creates a link from a string; nil if it is not a web address.
    init?(_ text: String) {
        guard let origin = Origin(text) else { return nil }
        self.origin = origin
        host = origin.host
        url = Secret(text)
    }
}

extension GitHubClient {
    /// The largest file to read, in bytes, both compressed and uncompressed.
    ///
    /// A file of 100,000 users has about 550 MB.
    public static let reportByteCountMax = 4 << 30

    /// The timeout of one download.
    ///
    /// Links expire after about an hour.
    public static let reportTimeout: Duration = .seconds(1_800)

    /// Requests the links to one report of one day.
    ///
    /// - Parameters:
    ///   - source: One of ``Source/reports``.
    ///   - token: An installation access token.
    /// - Returns: The links to the files, or the reason why there are none: GitHub reports that in
    ///   seven ways.
    /// - Throws: `policyOff`, `forbidden`, `suspended`, `rateLimited`, `malformedReply` (also when
    ///   GitHub returns another day), or what the transport throws.
    public func report(
        _ source: Source, of organization: OrganizationLogin, day: Day, token: AccessToken
    ) async throws(Failure) -> ReportAvailability {
        precondition(Source.reports.contains(source), "\(source.rawValue) is not a report")
        let subject = "the report \(source.rawValue) of \(organization) for \(day)"
        let path = "/orgs/\(organization)/copilot/metrics/reports/\(source.rawValue)?day=\(day)"
        let request = APIRequest(
            url: endpoints.api + path, caller: .installation(token), subject: subject,
            organization: organization.description, permission: .copilotMetrics,
            missing: """
                GitHub has no report for \(day), at least not yet (status 404; if it returns this \
                for every day, the App may have been uninstalled from \(organization))
                """)
        do {
            return try await perform(request) { response throws(Failure) in
                try ReportEnvelope.read(response, day: day, subject: subject)
            }
        } catch let failure where failure.code == .notFound {
            return .notReady(reason: failure.message)
        }
    }

    /// Opens one file of a report.
    ///
    /// The URL itself grants access, so the request carries no token. Opening the file is retried;
    /// if the download breaks off later, the caller has to open the file again.
    ///
    /// - Returns: The file's content, which can be read once.
    /// - Throws: `forbidden` if, and only if, the link has expired and the report must be requested
    ///   again; `notReady` if the file does not exist; `unavailable` if the host cannot serve it or
    ///   somebody else answered, such as a proxy; `untrustedHost`, before anything is sent, if the host
    ///   is not allowed; or what the transport throws.
    public func download(_ link: ReportLink) async throws(Failure) -> HTTPBody {
        let addressPolicy = try endpoints.reportHosts.addressPolicy(for: link.origin)
        return try await persistently { () async throws(Failure) -> HTTPBody in
            let request = HTTPClientRequest(
                "GET", link.url.reveal { $0 }, fields: ["user-agent": Self.userAgent],
                timeout: Self.reportTimeout, idleTimeout: responseTimeout,
                replyByteCountMax: Self.reportByteCountMax, addressPolicy: addressPolicy)
            let response = try await reachable(request, from: link.origin)
            switch response.status {
            case 200: return try await report(in: response, from: link.host)
            case 300...399: throw otherServer("a redirect", response, for: link.host)
            case 407: throw Failure(.unavailable, RefusalTable.proxyCredentials)
            case 408, 429, 500...599:
                throw Failure(
                    .unavailable, "\(link.host) cannot serve a report file at the moment",
                    delay: RateLimit.wait(response.fields, at: clock.now()))
            default:
                // A page says nothing about the file, whatever its status. A refusal of the storage is
                // XML, or has no body.
                let start = try await response.body.next() ?? []
                guard !HTMLPage.isLikely(response.fields["content-type"], start) else {
                    throw otherServer("an HTML page", response, for: link.host)
                }
                throw refusal(response.status, of: link.host)
            }
        }
    }

    /// What a refusal of a report file by its host stands for.
    private func refusal(_ status: Int, of host: String) -> Failure {
        switch status {
        case 401, 403, 410:
            Failure(.forbidden, "the link to a report file on \(host) has expired")
        case 404: Failure(.notReady, "a report file on \(host) does not exist yet")
        default: Failure(.malformedReply, "\(host) returned status \(status) for a report file")
        }
    }

    /// What a response stands for that the host of report files does not give.
    ///
    /// GitHub's links lead to the files themselves, and a redirect is not followed to a host that nobody
    /// allowed.
    private func otherServer(
        _ what: String, _ response: HTTPClientResponse, for host: String
    ) -> Failure {
        Failure(
            .unavailable,
            """
            \(what) arrived in place of a report file on \(host) (status \(response.status)): a proxy \
            or filter probably answered for it. Allow the host there
            """)
    }

    /// The body of a response for a report file, unless it is a page.
    ///
    /// Corporate filters answer with a page of their own and status 200.
    private func report(
        in response: HTTPClientResponse, from host: String
    ) async throws(Failure) -> HTTPBody {
        let type = response.fields["content-type"]
        guard HTMLPage.isType(type), let first = try await response.body.next() else {
            return response.body
        }
        guard !HTMLPage.isLikely(type, first) else {
            throw otherServer("an HTML page", response, for: host)
        }
        return HTTPBody(first, then: response.body)
    }

    /// Sends a request for a file, and says how to allow its host if the address is private.
    private func reachable(
        _ request: HTTPClientRequest, from origin: Origin
    ) async throws(Failure) -> HTTPClientResponse {
        do {
            return try await transport.send(inTime(request))
        } catch  where error == .notPublic(origin.host) {
            throw Failure(
                .untrustedHost,
                """
                \(error.message). If a proxy of your own network answers for it, allow that: write \
                \(origin.host):\(origin.port), with the port, into GITHUB_REPORT_HOSTS, beside the \
                other hosts
                """)
        }
    }
}
