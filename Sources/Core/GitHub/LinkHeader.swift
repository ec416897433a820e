import Domain
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The `Link` header, in which GitHub names the next page.
///
/// Page URLs are never constructed here.
///
/// Source: RFC 8288, and <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>.
enum LinkHeader {
    /// Finds the URL of the next page.
    ///
    /// The token is only sent to the origin of the current page. Behind a reverse proxy GitHub names its
    /// own origin, so the same resource of another origin is requested here.
    ///
    /// - Parameters:
    ///   - field: The header's value.
    ///   - current: The URL of this page.
    /// - Returns: The URL; nil on the last page.
    /// - Throws: `malformedReply` if there is a next page but not here: the list would be incomplete.
    static func next(in field: String?, of current: String) throws(Failure) -> String? {
        for link in (field ?? "").split(separator: ",") {
            let parts = link.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let target = parts.first, target.hasPrefix("<"), target.hasSuffix(">"),
                parts.dropFirst().contains(where: { $0 == #"rel="next""# || $0 == "rel=next" })
            else { continue }
            let text = String(target.dropFirst().dropLast())
            guard let next = URL(string: text, relativeTo: URL(string: current))?.absoluteString,
                let url = Origin(next) == Origin(current) ? next : onOrigin(of: current, next)
            else { throw foreign(text, current) }
            return url
        }
        return nil
    }

    /// The same resource and query as `next`, at the address of `current`.
    private static func onOrigin(of current: String, _ next: String) -> String? {
        guard let here = URLComponents(string: current), let there = URLComponents(string: next),
            !there.path.isEmpty, let query = there.percentEncodedQuery, !query.isEmpty,
            // A proxy may add a prefix, or GitHub's own API may have one.
            here.path.hasSuffix(there.path) || there.path.hasSuffix(here.path)
        else { return nil }
        var url = here
        url.percentEncodedQuery = query
        return url.string
    }

    private static func foreign(_ next: String, _ current: String) -> Failure {
        let host = URLComponents(string: next)?.host ?? "another host"
        let own = URLComponents(string: current)?.host ?? "GITHUB_API_URL"
        return Failure(
            .malformedReply,
            """
            GitHub's list continues at \(host), not at \(own), so it cannot be read to its end. Set \
            GITHUB_API_URL to the address that GitHub uses, or let the proxy rewrite Link headers
            """)
    }
}
