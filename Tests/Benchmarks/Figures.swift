/// Everything that was measured.
struct Figures: Codable {
    /// How often each stage was run; times are medians.
    var runs: Int
    /// The stages of each size.
    var stages: [Measurement] = []
    /// The whole of `onCollectOrg`, by size and condition.
    var collect: [CollectFigures] = []
    /// The tick over many organizations.
    var ticks: [TickFigures] = []
    /// The pages of the local runner; nil if they were not measured.
    var pages: [PageFigures]?
    /// The engines of store and bus.
    var engines: [EngineFigures] = []
    /// Instruction counts; nil if valgrind is not installed.
    var instructions: Instructions?
    /// The program that is deployed.
    var program: ProgramFigures?

    /// The sizes that were measured, in order.
    var sizes: [Int] { Set(stages.map(\.users)).sorted() }

    /// What was found of one stage and size.
    func measurement(_ stage: Stage, _ users: Int) -> Measurement? {
        stages.first { $0.stage == stage && $0.users == users }
    }

    /// Sees to it that the loop in C++ made what ours made.
    ///
    /// - Throws: `Problem` if not, because then its time says nothing of ours.
    func checkPlainLoop(_ users: Int) throws {
        guard let ours = measurement(.floor, users), let plain = measurement(.plain, users),
            (ours.samples, ours.rawBytesOut) == (plain.samples, plain.rawBytesOut)
        else {
            throw Benchmarks.Problem(
                description: "of \(users) users the C++ loop makes other samples than ours")
        }
    }
}

extension Measurement {
    /// Megabytes of the report a second.
    var megabytesPerSecond: Double { Double(bytesIn) / 1e6 / seconds.median }
    /// Users a second.
    var usersPerSecond: Double { Double(users) / seconds.median }
    /// Samples a second.
    var samplesPerSecond: Double { Double(samples) / seconds.median }
    /// The most memory that was ever resident, in MiB.
    var peakMebibytes: Double { Double(peakByteCount) / 1_048_576 }
    /// The time of a core that a user takes, in millionths of a second.
    func microsecondsPerUser(_ step: Step) -> Double {
        coreSeconds[step, default: []].median / Double(users) * 1e6
    }
}
