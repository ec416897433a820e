import Domain
import Toolbox

/// A page of a list, by the query parameters that GitHub's lists share.
struct Paging: Sendable {
    let size: Int
    let number: Int

    init(_ query: Form) {
        // GitHub replaces values that it cannot use with its defaults.
        size = min(max(query["per_page"].flatMap { Int($0) } ?? 30, 1), 100)
        number = max(query["page"].flatMap { Int($0) } ?? 1, 1)
    }

    /// The elements of the page.
    func elements<Element>(of all: [Element]) -> ArraySlice<Element> {
        all.dropFirst((number - 1) * size).prefix(size)
    }

    /// The `Link` header field; nil if everything fits on one page.
    func links(count: Int, address: String) -> String? {
        let last = max(1, (count + size - 1) / size)
        func link(_ number: Int, _ relation: String) -> String {
            "<\(address)?per_page=\(size)&page=\(number)>; rel=\"\(relation)\""
        }
        var links: [String] = []
        if number > 1 { links += [link(number - 1, "prev")] }
        if number < last { links += [link(number + 1, "next"), link(last, "last")] }
        if number > 1 { links += [link(1, "first")] }
        return links.isEmpty ? nil : links.joined(separator: ", ")
    }
}
