import Domain
import Ports
import Toolbox

/// GitHub's response to a request for a report: the links to its files, or one of several ways to
/// report that there are none.
///
/// Source: <https://docs.github.com/en/rest/copilot/copilot-usage-metrics>. Public clients have met
/// these responses without a report: 204, an empty body, a string as the body, and an empty list.
enum ReportEnvelope {
    private struct Content: Decodable {
        var download_links: [Link]?
        var report_day: String?
    }

    /// A string, as documented, or an object that contains it, which one public client has met.
    private struct Link: Decodable {
        var url: String

        private enum CodingKeys: CodingKey { case url }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                url = text
            } else {
                url = try decoder.container(keyedBy: CodingKeys.self).decode(
                    String.self, forKey: .url)
            }
        }
    }

    static func read(
        _ response: APIResponse, day: Day, subject: String
    ) throws(Failure) -> ReportAvailability {
        guard response.status != 204 else {
            return .notReady(
                reason: "GitHub has no report for \(day), at least not yet (status 204)")
        }
        guard !response.bytes.allSatisfy({ $0 <= UInt8(ascii: " ") }) else {
            return .notReady(
                reason: "GitHub returned an empty response instead of a report for \(day)")
        }
        switch JSON.value(response.bytes) {
        case .null: return .notReady(reason: "GitHub returned null instead of a report for \(day)")
        case .string:
            return .notReady(reason: "GitHub returned a string instead of a report for \(day)")
        case .object(let members)
        where members["download_links"] == nil && members["report_day"] == nil:
            throw Failure(
                .malformedReply,
                "GitHub's response about \(subject) is not about a report. Check for a newer version of "
                    + "copilot-usage, and whether a proxy or filter answered")
        default: break
        }
        let content = try response.decoded(as: Content.self, subject)
        if let other = content.report_day, other != day.description {
            throw Failure(.malformedReply, "GitHub returned another day instead of \(subject)")
        }
        guard let addresses = content.download_links, !addresses.isEmpty else {
            return .notReady(reason: "GitHub's report for \(day) has no files yet")
        }
        let links = addresses.compactMap { ReportLink($0.url) }
        guard links.count == addresses.count else {
            throw Failure(
                .malformedReply, "GitHub returned an invalid URL for a file of \(subject)")
        }
        return .ready(links: links)
    }
}
