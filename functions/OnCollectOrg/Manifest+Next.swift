import Domain

extension Manifest {
    /// Says what becomes of the day, for who reads it without knowing how ticks go on.
    ///
    /// - Parameter age: How many days ago the day was.
    mutating func sayWhatIsNext(age: Int) {
        let isGivenUp = !final && age >= Self.openDayCountMax
        for (source, result) in sources where result.outcome == .notReady && source != .members {
            guard let reason = result.reason else { continue }
            sources[source]?.reason =
                isGivenUp
                ? "\(reason); it did not come in \(Self.openDayCountMax) days"
                : "\(reason); nothing to do, the next tick asks again"
        }
        next = final ? closed : isGivenUp ? givenUp : open(isYoung: age < CollectOrg.daysUntilFinal)
    }

    private var closed: String {
        isRefused
            ? """
            closed, and no tick reads this day again: once GitHub no longer refuses it, ask for it \
            by --from \(day) --to \(day)
            """
            : "closed: every source is settled, and no tick reads this day again"
    }

    private var givenUp: String {
        """
        not every source came in \(Self.openDayCountMax) days, so ticks no longer ask for this day, \
        unless LOOKBACK_DAYS reaches it: --from \(day) --to \(day) does
        """
    }

    private func open(isYoung: Bool) -> String {
        let ticks =
            isYoung
            ? """
            read again by each tick, and closed by the one of \
            \(day.advanced(by: CollectOrg.daysUntilFinal)) at the earliest, because GitHub may \
            revise a day until then
            """
            : """
            read again by each tick until \(day.advanced(by: Self.openDayCountMax)), because not \
            every source is settled
            """
        guard let retryAfterSeconds else { return ticks }
        return """
            tried again by the event bus after \(retryAfterSeconds) s at the earliest; then \(ticks)
            """
    }
}
