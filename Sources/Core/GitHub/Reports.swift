import Toolbox
public import Domain
public import Ports

/// Whether GitHub has a report, and where.
public enum ReportAvailability: Sendable {
    /// GitHub does not have it, or not yet: the numbers are unknown, never zero.
    case notReady(reason: String)
    /// The files that together are the report; at least one.
    case ready(links: [ReportLink])
}

/// The address of one file of a report: a capability for about an hour, so it prints as its host.
public struct ReportLink: Sendable, CustomStringConvertible {
    /// Where the file is, for logs.
    public let host: String
    let url: Secret
    let origin: Origin

    /// The host alone.
    public var description: String { host }

    /// Takes an address as GitHub gave it; nil if it is none.
    init?(_ text: String) {
        guard let origin = Origin(text) else { return nil }
        self.origin = origin
        host = origin.host
        url = Secret(text)
    }
}

extension GitHubClient {
    /// The largest file that is read, as it travels and again unpacked: 100,000 people are about
    /// 550 MB.
    public static let reportByteCountMax = 4 << 30

    /// The longest one file may take: the links behind it live about an hour.
    public static let reportTimeout: Duration = .seconds(1_800)

    /// Asks where one report of one day is.
    ///
    /// - Parameters:
    ///   - source: One of ``Source/reports``.
    ///   - organization: Whose report.
    ///   - day: The UTC day.
    ///   - token: A token of the installation.
    /// - Returns: The report's files, or why there are none: GitHub says "no report" in seven ways.
    /// - Throws: `policyOff`, `forbidden`, `suspended`, `rateLimited`, `malformedReply` (also when
    ///   GitHub answers for another day), or what the transport throws.
    public func report(
        _ source: Source, of organization: OrganizationLogin, day: Day, token: Secret
    ) async throws(Failure) -> ReportAvailability {
        precondition(Source.reports.contains(source), "\(source.rawValue) is not a report")
        let subject = "the report \(source.rawValue) of \(organization) for \(day)"
        let path = "/orgs/\(organization)/copilot/metrics/reports/\(source.rawValue)?day=\(day)"
        let question = Question(
            url: endpoints.api + path, caller: .installation(token), subject: subject,
            organization: organization.description, permission: .copilotMetrics,
            missing: """
                GitHub has no report of \(day), or not yet (it answers 404; if it does so for every \
                day, the App may have been uninstalled from \(organization))
                """)
        do {
            return try await ask(question) { answer throws(Failure) in
                try ReportEnvelope.read(answer, day: day, subject: subject)
            }
        } catch let failure where failure.code == .notFound {
            return .notReady(reason: failure.message)
        }
    }

    /// Opens one file of a report.
    ///
    /// The address is a capability of its own, so no token travels with the request. Opening is
    /// tried again; a file that breaks off while it is read is the reader's to ask for again.
    ///
    /// - Parameter link: Which file.
    /// - Returns: The file, to be read once.
    /// - Throws: `forbidden` if, and only if, the link is no longer valid: ask for the report
    ///   again; `notReady` if the file is not there; `untrustedHost` if its address is not allowed,
    ///   before anything is sent; or what the transport throws.
    public func download(_ link: ReportLink) async throws(Failure) -> HTTPBody {
        let addressPolicy = try endpoints.reportHosts.addressPolicy(for: link.origin)
        return try await persistently { () async throws(Failure) -> HTTPBody in
            let request = HTTPClientRequest(
                "GET", link.url.reveal { $0 }, fields: ["user-agent": Self.userAgent],
                timeout: Self.reportTimeout, idleTimeout: responseTimeout,
                replyByteCountMax: Self.reportByteCountMax, addressPolicy: addressPolicy)
            let reply = try await transport.send(inTime(request))
            switch reply.status {
            case 200: return reply.body
            case 401, 403, 410:
                throw Failure(.forbidden, "the link to a report file on \(link.host) has expired")
            case 404:
                throw Failure(.notReady, "a report file on \(link.host) is not there yet")
            case 408, 429, 500...599:
                throw Failure(
                    .unavailable, "\(link.host) cannot serve a report file at the moment",
                    delay: RateLimit.wait(reply.fields, at: clock.now()))
            default:
                throw Failure(
                    .malformedReply, "\(link.host) answers \(reply.status) for a report file")
            }
        }
    }
}
