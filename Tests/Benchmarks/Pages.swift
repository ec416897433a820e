import ArgumentParser

/// Measures the pages of the local runner alone, and prints their table.
struct Pages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures pages with 40 and with 1,000 organizations of 90 days.")

    @Option(help: "How many views of each are timed, after the first.")
    var runs = 5

    @Option(help: "How many organizations there are, in place of both.")
    var organizations: Int?

    @Option(help: "How many past days of each are in the store.")
    var days = 90

    func run() async throws {
        var figures = Figures(runs: runs)
        let sizes = organizations.map { [$0] } ?? Self.sizes
        figures.pages = try await Self.measured(sizes, days: days, runs: runs)
        print(figures.pageText)
        try figures.checkPages()
    }

    static func measured(
        _ sizes: [Int] = sizes, days: Int = 90, runs: Int
    ) async throws -> [PageFigures] {
        var figures: [PageFigures] = []
        for size in sizes {
            figures += try await PageFigures.measured(organizations: size, days: days, runs: runs)
        }
        return figures
    }

    /// How many organizations the pages are promised to be quick with.
    private static let sizes = [40, 1_000]
}
