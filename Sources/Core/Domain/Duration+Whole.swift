extension Duration {
    /// The duration in milliseconds, rounded towards zero.
    ///
    /// Dividing by a duration goes through `Double` and is sometimes off by one.
    public var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// The duration in seconds, rounded up, so that a wait of so many seconds is long enough.
    public var secondsRoundedUp: Int {
        Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)
    }
}
