import Toolbox
import Domain
import GitHub
import Ports

/// Where the files of a report are now.
///
/// Links expire together, after about an hour, and GitHub gives new ones for all files at once. So
/// whoever first finds one expired renews them for everybody.
actor ReportFiles {
    nonisolated let source: Source
    /// How many files the report has.
    nonisolated let count: Int
    private var links: [ReportLink]
    private var turn = 0
    private let renewal = ConcurrencyLimiter(total: 1)

    init(_ source: Source, _ links: [ReportLink]) {
        self.source = source
        count = links.count
        self.links = links
    }

    /// The link to a file, and how often the links were renewed before it.
    func link(_ file: Int) -> (link: ReportLink, turn: Int) { (links[file], turn) }

    /// Finds a newer link to a file.
    ///
    /// - Parameters:
    ///   - file: Which file, from 0.
    ///   - old: What came with the link that has expired.
    ///   - renew: Asks for new links to all files; only called if nobody else did since.
    /// - Returns: The link.
    /// - Throws: What `renew` throws.
    func link(
        _ file: Int, after old: Int,
        renew: @Sendable () async throws(Failure) -> [ReportLink]
    ) async throws(Failure) -> ReportLink {
        try await renewal.pass { () async throws(Failure) in
            if turn == old {
                links = try await renew()
                turn += 1
            }
            return links[file]
        }
    }
}
