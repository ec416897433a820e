import ArgumentParser

/// Measures onDailyTick alone, and prints its table.
struct Tick: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures a daily tick over many organizations, store in files.")

    @Argument(help: "How many organizations there are; may be repeated.")
    var organizations: [Int] = [10, 1_000, 10_000]

    @Option(help: "How many past days of each are in the store.")
    var days = TickFigures.dayCount

    @Option(help: "How many ticks are timed.")
    var runs = 5

    func run() async throws {
        var figures = Figures(runs: runs)
        for count in organizations {
            figures.ticks.append(
                try await TickFigures.measured(organizations: count, days: days, runs: runs))
        }
        print(figures.tickText)
    }
}

/// Fills a store for ``Tick``, in a process of its own because only there nothing need be flushed.
struct Fill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(shouldDisplay: false)

    @Argument var folder: String
    @Argument var organizations: Int
    @Argument var days: Int

    func run() async throws {
        try await TickFigures.fill(folder, organizations: organizations, days: days)
    }
}
