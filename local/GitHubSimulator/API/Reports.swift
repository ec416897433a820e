import Domain
import Toolbox

/// The report envelopes, `/orgs/{org}/copilot/metrics/reports/…`.
///
/// Source: <https://docs.github.com/en/enterprise-cloud@latest/rest/copilot/copilot-usage-metrics>.
extension SimulatedGitHub {
    /// An envelope, or 204 without a body for a day that there is no report of: before the
    /// history, not published yet, today, or still to come.
    func report(_ source: Source, _ call: Call) throws(Refusal) -> Answer {
        let organization = try requireAccess(call, permission: "organization_copilot_metrics")
        let fields = call.query.fields
        guard fields.map(\.name) == ["day"] else {
            recordViolation("a query other than `day`", call)
            throw Refusal(422, "Invalid request. The only parameter is `day`, as YYYY-MM-DD.")
        }
        guard let day = Day(fields[0].value) else {
            recordViolation("a day that is not YYYY-MM-DD", call)
            throw Refusal(422, "Invalid request. `day` must be YYYY-MM-DD.")
        }
        guard organization.isPolicyOn else {
            throw Refusal(
                403, "The 'Copilot usage metrics' policy must be enabled to use this API",
                documentation: "rest/copilot/copilot-usage-metrics")
        }
        let state = world.report(source, of: organization, day: day, at: call.moment)
        guard case .published(let edition) = state else { return Answer(204) }
        let links = (0..<edition.shardCount).map { index in
            signedLink(
                ReportPart(
                    source: source, organization: organization.login, day: day,
                    revision: edition.revision, index: index),
                at: call.moment)
        }
        return .json(
            200,
            .object([
                "download_links": .array(links.map { .string($0) }),
                "report_day": .string(day.description),
            ]))
    }
}
