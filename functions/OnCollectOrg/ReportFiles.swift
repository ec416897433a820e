import Domain
import GitHub
import Ports
import Synchronization

/// Where the files of a report are now.
///
/// Links expire together, after about an hour, and GitHub gives new ones for all files at once. So
/// whoever first finds one expired renews them for everybody.
final class ReportFiles: Sendable {
    let source: Source
    /// How many files the report has.
    let count: Int
    private let links: Mutex<(all: [ReportLink], turn: Int)>
    private let renewal = Turnstile(total: 1)

    init(_ source: Source, _ links: [ReportLink]) {
        self.source = source
        count = links.count
        self.links = Mutex((links, 0))
    }

    /// The link to a file, and how often the links were renewed before it.
    func link(_ file: Int) -> (link: ReportLink, turn: Int) {
        links.withLock { ($0.all[file], $0.turn) }
    }

    /// Finds a newer link to a file.
    ///
    /// - Parameters:
    ///   - file: Which file, from 0.
    ///   - turn: What came with the link that has expired.
    ///   - renew: Asks for new links to all files; only called if nobody else did since.
    /// - Returns: The link.
    /// - Throws: What `renew` throws.
    func link(
        _ file: Int, after turn: Int, renew: () async throws(Failure) -> [ReportLink]
    ) async throws(Failure) -> ReportLink {
        try await renewal.pass { () async throws(Failure) in
            let (known, now) = link(file)
            guard now == turn else { return known }
            let fresh = try await renew()
            links.withLock { $0 = (fresh, turn + 1) }
            return fresh[file]
        }
    }
}
