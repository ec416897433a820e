/// When the daily tick last ran: how a reader knows that it has stopped coming.
///
///     {"at": "2026-11-22T06:00:01Z", "version": 1}
public struct LastTick: Codable, Hashable, Sendable {
    /// The longest time between two daily ticks that is no cause for alarm.
    public static let pauseMax = Duration.seconds(26 * 3_600)

    /// When it ran, by the clock of the functions.
    public var at: Timestamp

    /// Creates an entry.
    public init(at: Timestamp) { self.at = at }
}
