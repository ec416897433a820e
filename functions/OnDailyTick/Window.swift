import Domain
import Ports

/// The days that a tick considers: a pure function of its event.
struct Window: Hashable, Sendable {
    /// The days to collect even if they have no manifest.
    let wanted: ClosedRange<Day>
    /// The days whose manifests are considered.
    ///
    /// The range begins at or before ``wanted``.
    let considered: ClosedRange<Day>

    /// Whether the event has a range of days.
    let isExplicit: Bool

    /// Whether the wanted days are read again although they are final.
    let isAgain: Bool

    /// Reads the days of an event.
    ///
    /// - Throws: `malformedEvent`, naming the field.
    init(_ event: DailyTick.Event, tick: Day, lookback: Int) throws(Failure) {
        let yesterday = tick.advanced(by: -1)
        for (field, day) in [("from", event.from), ("to", event.to)] {
            if let day, day > yesterday {
                throw Failure(
                    .malformedEvent,
                    "\(field) is \(day). Set it to a day before the day of the tick, \(tick)")
            }
        }
        let last = event.to ?? yesterday
        let first = event.from ?? last.advanced(by: 1 - lookback)
        guard first <= last else {
            throw Failure(
                .malformedEvent, "from (\(first)) is after to (\(last)). Swap the two days")
        }
        guard first.distance(to: last) < DailyTick.dayCountMax else {
            throw Failure(
                .malformedEvent,
                "from and to span more than \(DailyTick.dayCountMax) days. Request fewer at once")
        }
        wanted = first...last
        isAgain = event.again ?? false
        isExplicit = event.from != nil || event.to != nil
        considered =
            isExplicit ? wanted : min(first, tick.advanced(by: -Manifest.openDayCountMax))...last
    }

    /// Returns the days to collect, newest first.
    ///
    /// These are the wanted days and all since the first that has a manifest, except those that are
    /// final and not to be read again. A day without a manifest may lie between two final ones: the
    /// events of several days are published one after another, and not each of them has to arrive.
    ///
    /// - Parameter known: The days that have a manifest, and whether each is final.
    func openDays(known: [Day: Bool]) -> [Day] {
        let known = known.filter { considered.contains($0.key) }
        // Both ranges end with the same day.
        let first = min(known.keys.min() ?? wanted.lowerBound, wanted.lowerBound)
        return considered.reversed().filter { day in
            day >= first && (known[day] != true || isAgain && wanted.contains(day))
        }
    }
}
