#if canImport(FoundationEssentials)
import FoundationEssentials
import Toolbox
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
    /// - Parameters:
    ///   - field: The header's value.
    ///   - current: The URL of this page. The next page must have the same origin, because the token
    ///     is sent there.
    /// - Returns: The URL; nil on the last page.
    static func next(in field: String?, of current: String) -> String? {
        for link in (field ?? "").split(separator: ",") {
            let parts = link.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let target = parts.first, target.hasPrefix("<"), target.hasSuffix(">"),
                parts.dropFirst().contains(where: { $0 == #"rel="next""# || $0 == "rel=next" })
            else { continue }
            let url = URL(
                string: String(target.dropFirst().dropLast()), relativeTo: URL(string: current))
            guard let next = url?.absoluteString, let origin = Origin(next),
                origin == Origin(current)
            else { return nil }
            return next
        }
        return nil
    }
}
