import Domain
import Toolbox

/// The envelopes of reports, `/orgs/{org}/copilot/metrics/reports/…`.
///
/// Source: <https://docs.github.com/en/enterprise-cloud@latest/rest/copilot/copilot-usage-metrics>.
extension SimulatedGitHub {
    /// The envelope of a report, or 204 without a body for a day without a report: a day before the
    /// history, a day whose report is not published yet, today or a day in the future.
    func report(
        _ source: Source, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        let organization = try requireAccess(request, permission: "organization_copilot_metrics")
        let fields = request.query.fields
        guard fields.map(\.name) == ["day"] else {
            recordViolation("a query other than `day`", request)
            throw ErrorResponse(422, "Invalid request. The only parameter is `day`, as YYYY-MM-DD.")
        }
        guard let day = Day(fields[0].value) else {
            recordViolation("a day that is not YYYY-MM-DD", request)
            throw ErrorResponse(422, "Invalid request. `day` must be YYYY-MM-DD.")
        }
        guard organization.isPolicyOn else {
            throw ErrorResponse(
                403, "The 'Copilot usage metrics' policy must be enabled to use this API",
                documentation: "rest/copilot/copilot-usage-metrics")
        }
        let state = world.report(source, of: organization, day: day, at: request.moment)
        guard case .published(let edition) = state else { return SimulatedResponse(204) }
        let links = (0..<edition.shardCount).map { index in
            signedLink(
                ReportFileID(
                    source: source, organization: organization.login, day: day,
                    revision: edition.revision, index: index),
                at: request.moment)
        }
        return .json(
            200,
            .object([
                "download_links": .array(links.map { .string($0) }),
                "report_day": .string(day.description),
            ]))
    }
}
