import Domain
import Ports

/// The days that a tick looks at: a pure function of its event.
struct Window: Hashable, Sendable {
    /// The days that are wanted whether or not anything is known of them.
    let wanted: ClosedRange<Day>
    /// The days whose manifests are looked at; begins at or before ``wanted``.
    let seen: ClosedRange<Day>

    /// Whether the event names days.
    let isExplicit: Bool

    /// Reads the days of an event.
    ///
    /// - Throws: `malformedEvent`, naming the field.
    init(_ event: DailyTick.Event, tick: Day, lookback: Int) throws(Failure) {
        let yesterday = tick.advanced(by: -1)
        for (field, day) in [("from", event.from), ("to", event.to)] {
            if let day, day > yesterday {
                throw Failure(
                    .malformedEvent, "\(field) must be before the day of the tick, \(tick)")
            }
        }
        let last = event.to ?? yesterday
        let first = event.from ?? last.advanced(by: 1 - lookback)
        guard first <= last else {
            throw Failure(.malformedEvent, "from must not be after to")
        }
        guard first.distance(to: last) < DailyTick.dayCountMax else {
            throw Failure(
                .malformedEvent, "from and to may span at most \(DailyTick.dayCountMax) days")
        }
        wanted = first...last
        isExplicit = event.from != nil || event.to != nil
        seen = isExplicit ? wanted : min(first, tick.advanced(by: -Manifest.openDayCountMax))...last
    }

    /// Finds the days to collect.
    ///
    /// - Parameter known: Whether each day that has a manifest is final.
    /// - Returns: The days, newest first: those that are wanted, those that were begun, and those
    ///   between the last final one and now; none that is final.
    func missing(knowing known: [Day: Bool]) -> [Day] {
        let known = known.filter { seen.contains($0.key) }
        let begun = known.keys
        let lastFinal = begun.filter { known[$0] == true }.max()
        // Without a final day the organization is new: its first day is where its history begins.
        let gapStart = lastFinal?.advanced(by: 1) ?? begun.min() ?? wanted.lowerBound
        return seen.reversed().filter { day in
            let isWanted = wanted.contains(day) || day >= gapStart || known[day] != nil
            return isWanted && known[day] != true
        }
    }
}
