import Domain

extension Manifest {
    /// Adds what happens next with the day, for readers who do not know how ticks work.
    ///
    /// - Parameter age: The number of days since the day.
    mutating func addNext(age: Int) {
        let isGivenUp = !final && age >= Self.openDayCountMax
        for (source, result) in sources where result.outcome == .notReady && source != .members {
            guard let reason = result.reason else { continue }
            sources[source]?.reason =
                isGivenUp
                ? "\(reason); it did not arrive within \(Self.openDayCountMax) days"
                : "\(reason); nothing to do, the next tick asks again"
        }
        next = final ? closed : isGivenUp ? givenUp : open(isYoung: age < CollectOrg.daysUntilFinal)
    }

    private var closed: String {
        isRefused
            ? """
            final: no tick reads this day again. Once GitHub no longer refuses it, collect it with \
            --from \(day) --to \(day)
            """
            : "final: every source is settled, and no tick reads this day again"
    }

    private var givenUp: String {
        """
        some sources did not arrive within \(Self.openDayCountMax) days, so ticks no longer read this \
        day unless LOOKBACK_DAYS reaches it. To collect it, use --from \(day) --to \(day)
        """
    }

    private func open(isYoung: Bool) -> String {
        let ticks =
            isYoung
            ? """
            every tick reads this day again, until \
            \(day.advanced(by: CollectOrg.daysUntilFinal)) at the earliest, because GitHub may still \
            revise it
            """
            : """
            every tick reads this day again until \(day.advanced(by: Self.openDayCountMax)), because \
            some sources are not settled
            """
        guard let retryAfterSeconds else { return ticks }
        return """
            the event bus retries this day after at least \(retryAfterSeconds) s; after that, \(ticks)
            """
    }
}
