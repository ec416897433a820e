public import Domain
import Ports

extension DailyTick.Event {
    /// Checks the days before the event is sent, for who can still be told.
    ///
    /// - Parameter time: The moment that the tick stands for.
    /// - Throws: `malformedEvent`, naming the field.
    public func check(at time: Timestamp) throws(Failure) {
        _ = try Window(self, tick: Day(containing: time), lookback: 1)
    }
}
