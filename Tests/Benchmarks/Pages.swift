import ArgumentParser

/// Measures the pages of the local runner alone, and prints their table.
struct Pages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures pages with 40 organizations of 90 days, and with 1,000 of 30 days.")

    @Option(help: "How many views of each are timed, after the first.")
    var runs = 5

    func run() async throws {
        var figures = Figures(runs: runs)
        figures.pages = try await Self.measured(runs: runs)
        print(figures.pageText)
        try figures.checkPages()
    }

    static func measured(runs: Int, isQuick: Bool = false) async throws -> [PageFigures] {
        let small = try await PageFigures.measured(organizations: 40, days: 90, runs: runs)
        guard !isQuick else { return small }
        return try await small + PageFigures.measured(organizations: 1_000, days: 30, runs: runs)
    }
}
