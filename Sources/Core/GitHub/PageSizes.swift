import Domain
import Synchronization

/// The page sizes that worked, so that a list that is too slow for the largest one is not asked for it
/// again and again.
///
/// GitHub gives up on a request after ten seconds, and in a large organization a page of a hundred
/// members takes longer, every time. Each size divides the one before, so that a list whose pages are
/// numbered continues at the same element.
public final class PageSizes: Sendable {
    /// The sizes, largest first.
    static let all = [100, 50, 25, 5]
    /// All are forgotten when there are more than this many, which only costs a few requests.
    private static let listCountMax = 10_000

    private let known = Mutex<[String: Int]>([:])

    /// Creates an empty memory.
    public init() {}

    /// The size to ask for, by the name of the list.
    func size(of list: String) -> Int { known.withLock { $0[list] } ?? Self.all[0] }

    /// Remembers a size that was answered.
    func remember(_ size: Int, of list: String) {
        known.withLock { known in
            if known.count >= Self.listCountMax { known = [:] }
            known[list] = size == Self.all[0] ? nil : size
        }
    }

    /// The next smaller size; nil after the smallest.
    static func smaller(than size: Int) -> Int? { all.first { $0 < size } }
}

extension GitHubClient {
    /// Requests a page of a list, and a smaller one when GitHub gives up on its size.
    ///
    /// - Parameters:
    ///   - list: A name for the list.
    ///   - request: Creates the request for the page in a size. If the page can only have the size it
    ///     has, the requests are the same.
    /// - Returns: The page.
    /// - Throws: As ``perform(_:read:)``.
    func page<Value>(
        of list: String, _ request: (_ size: Int) -> APIRequest,
        read: (APIResponse) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        var size = pageSizes.size(of: list)
        while true {
            var current = request(size)
            let smaller = PageSizes.smaller(than: size).flatMap { smaller in
                let next = request(smaller)
                return next.url == current.url && next.body == current.body ? nil : smaller
            }
            current.mayBeSmaller = smaller != nil
            let asked = current
            do throws(Refusal) {
                let value = try await persistently(atMost: smaller == nil ? 3 : 2) {
                    () async throws(Refusal) in try await performOnce(asked, read: read)
                }
                pageSizes.remember(size, of: list)
                return value
            } catch {
                guard error.isAboutSize, let smaller else { throw error.failure }
                size = smaller
            }
        }
    }
}
