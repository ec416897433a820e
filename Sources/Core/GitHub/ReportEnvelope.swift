import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What GitHub answers instead of a report: where its files are, or in one of many ways that there
/// is none.
///
/// Source: <https://docs.github.com/en/rest/copilot/copilot-usage-metrics>. The answers without a
/// report were seen by others: 204, an empty body, a text for a body, and an empty list.
enum ReportEnvelope {
    private struct Content: Decodable {
        var download_links: [Link]?
        var report_day: String?
    }

    /// A text as documented, or an object with the text in it, which one public client met.
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
        _ answer: Answer, day: Day, subject: String
    ) throws(Failure) -> ReportAvailability {
        guard answer.status != 204 else {
            return .notReady(reason: "GitHub has no report of \(day), or not yet (it answers 204)")
        }
        guard !answer.bytes.allSatisfy({ $0 <= UInt8(ascii: " ") }) else {
            return .notReady(reason: "GitHub answers for \(day) with nothing instead of a report")
        }
        switch try? JSONDecoder().decode(JSONValue.self, from: Data(answer.bytes)) {
        case .null: return .notReady(reason: "GitHub answers for \(day) with nothing")
        case .string:
            return .notReady(reason: "GitHub answers for \(day) with a text instead of a report")
        default: break
        }
        let content = try answer.decoded(as: Content.self, subject)
        if let other = content.report_day, other != day.description {
            throw Failure(.malformedReply, "asked for \(subject), GitHub answers for another day")
        }
        guard let addresses = content.download_links, !addresses.isEmpty else {
            return .notReady(reason: "GitHub's report of \(day) has no files yet")
        }
        let links = addresses.compactMap { ReportLink($0.url) }
        guard links.count == addresses.count else {
            throw Failure(.malformedReply, "a file of \(subject) has no address that can be read")
        }
        return .ready(links: links)
    }
}
