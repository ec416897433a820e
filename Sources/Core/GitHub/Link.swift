#if canImport(FoundationEssentials)
import Toolbox
import FoundationEssentials
#else
import Foundation
#endif

/// The header field by which GitHub names the next page; its addresses are never made by hand.
///
/// Source: RFC 8288, and <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>.
enum Link {
    /// Finds the next page.
    ///
    /// - Parameters:
    ///   - field: The field's value.
    ///   - current: The address of this page; the next must be on the same server, because the
    ///     token travels along.
    /// - Returns: The address; nil on the last page.
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
