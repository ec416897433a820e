import Domain
import GitHub
import Ports

/// What one collection of a day spends on each source.
actor RunMeasures {
    /// What a source has cost.
    struct Spent {
        var duration = Duration.zero
        var requestCount = 0
    }

    private let clock: any WallClock
    private var sources: [Source: Spent] = [:]
    /// What the rate limits of GitHub leave, by their names.
    private(set) var remaining: [String: Int] = [:]

    init(_ clock: any WallClock) { self.clock = clock }

    /// What each source that was read has cost.
    ///
    /// Members are read within the reading of the users, and count for themselves.
    var spent: [Source: Spent] {
        var spent = sources
        if let members = spent[.members]?.duration { spent[.users]?.duration -= members }
        return spent
    }

    /// Measures the reading of a source.
    nonisolated func measure<Output>(
        _ source: Source, _ body: () async -> Output
    ) async -> Output {
        let meter = RequestMeter()
        // The wall clock, because a recorded run plays its readings again.
        let start = clock.now()
        let output = await RequestMeter.$current.withValue(meter) { await body() }
        await note(source, max(.zero, clock.now().since(start)), meter)
        return output
    }

    private func note(_ source: Source, _ duration: Duration, _ meter: RequestMeter) {
        sources[source, default: Spent()].duration += duration
        sources[source]?.requestCount += meter.requestCount
        remaining.merge(meter.remaining) { $1 }
    }
}
