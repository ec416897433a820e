#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The URL of a page of a list whose pages are numbered by `page` and `per_page`.
enum PagedURL {
    /// Returns the URL of the page that begins with the same element and has another size.
    ///
    /// - Returns: The URL; nil if the list is not paged in this way, or no such page begins there.
    static func resized(_ url: String, to size: Int) -> String? {
        guard var parts = URLComponents(string: url), var items = parts.queryItems,
            let sizeItem = items.firstIndex(where: { $0.name == "per_page" }),
            let current = items[sizeItem].value.flatMap(Int.init), current > 0
        else { return nil }
        if current == size { return url }
        let pageItem = items.firstIndex { $0.name == "page" }
        // A cursor in place of a number belongs to the size it was issued for.
        guard pageItem != nil || items.count == 1 else { return nil }
        let page = pageItem.map { items[$0].value.flatMap(Int.init) ?? 0 } ?? 1
        let (before, isTooLarge) = (page - 1).multipliedReportingOverflow(by: current)
        guard page > 0, !isTooLarge, before % size == 0 else { return nil }
        items[sizeItem].value = String(size)
        if let pageItem { items[pageItem].value = String(before / size + 1) }
        parts.queryItems = items
        return parts.string
    }
}
