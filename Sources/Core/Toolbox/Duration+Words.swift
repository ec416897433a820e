extension Duration {
    /// The duration to a person, in its largest unit: `3 days`, `1 hour`, `5 minutes`.
    ///
    /// - Returns: The words; nil below a minute.
    public var inWords: String? {
        let seconds = components.seconds
        for (size, unit) in [(86_400, "day"), (3_600, "hour"), (60, "minute")] as [(Int64, String)]
        where seconds >= size {
            let count = seconds / size
            return "\(count) \(unit)\(count == 1 ? "" : "s")"
        }
        return nil
    }
}
