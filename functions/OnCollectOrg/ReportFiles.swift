import Toolbox
import Domain
import GitHub
import Ports

/// The current links to the files of a report.
///
/// Links expire together, after about an hour, and GitHub returns new ones for all files at once. So
/// the first reader that finds one expired renews them all.
actor ReportFiles {
    nonisolated let source: Source
    /// The number of files.
    nonisolated let count: Int
    private var links: [ReportLink]
    private var turn = 0
    private let renewal = ConcurrencyLimiter(total: 1)

    init(_ source: Source, _ links: [ReportLink]) {
        self.source = source
        count = links.count
        self.links = links
    }

    /// The link to a file, and how often the links were renewed before.
    func link(_ file: Int) -> (link: ReportLink, turn: Int) { (links[file], turn) }

    /// Finds a newer link to a file.
    ///
    /// - Parameters:
    ///   - file: The index of the file, from 0.
    ///   - old: The number of renewals that came with the expired link.
    ///   - renew: Asks for new links to all files; called unless they were renewed since.
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
