public import Domain
import Ports

extension DailyTick.Event {
    /// Checks the days before the event is sent, while the caller can still correct them.
    ///
    /// - Parameter time: The time of the tick.
    /// - Throws: `malformedEvent`, naming the field.
    public func check(at time: Timestamp) throws(Failure) {
        _ = try Window(self, tick: Day(containing: time), lookback: 1)
    }
}
