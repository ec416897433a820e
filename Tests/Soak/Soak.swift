import ArgumentParser
import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Plays simulated days of organizations until there are enough, and compares every sample.
@main
struct Soak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Plays simulated organization-days in which everything goes wrong.")

    @Option(help: "How many organization-days to play, at least.")
    var days = 1_000_000

    @Option(help: "The seed of the first world; each further world has the next one.")
    var seed: UInt64 = 1

    @Option(help: "How many worlds to play at once; by default one for each processor.")
    var worlds: Int?

    @Option(help: "After how many minutes no further world begins.")
    var minutes: Int?

    @Option(help: "How many seconds there are between two lines about the progress.")
    var interval = 30

    @Flag(help: "Print what goes wrong on each day, and the journal.")
    var trace = false

    func run() async throws {
        let progress = SoakProgress(
            wanted: days, seed: seed, interval: interval, limit: minutes.map { .seconds($0 * 60) })
        // One world is enough for a few days, as when it is played again.
        let count =
            days <= SoakPlan.organizationCount * SoakPlan.dayCount
            ? 1 : worlds ?? ProcessInfo.processInfo.activeProcessorCount
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let executor = WorldExecutor()
                    while let seed = progress.next() {
                        let result = await Task(executorPreference: executor) {
                            await played(seed)
                        }.value
                        progress.add(result.tally, result.breaches)
                    }
                }
            }
        }
        print(progress.table)
        guard progress.breaches.isEmpty else {
            let seed = progress.firstBroken ?? seed
            print(
                "Play the first broken world again: make soak-million DAYS=1 SEED=\(seed) TRACE=1")
            throw ExitCode.failure
        }
    }

    private func played(_ seed: UInt64) async -> (tally: Tally, breaches: [String]) {
        do {
            let world = try SoakWorld(seed: seed, trace: trace ? { print($0) } : nil)
            try await world.pass()
            let tally = try await world.check()
            return (tally, world.breaches)
        } catch {
            return (Tally(), ["seed \(seed): \(error)"])
        }
    }
}
