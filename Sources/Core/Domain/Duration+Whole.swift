extension Duration {
    /// Whole milliseconds, rounded towards zero; dividing by a duration goes through `Double`, which
    /// loses one now and then.
    public var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// Whole seconds, rounded up: how long to wait to have waited long enough.
    public var secondsRoundedUp: Int {
        Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)
    }
}
