extension Duration {
    /// The duration in milliseconds, rounded towards zero.
    ///
    /// It stops at the limits of the type. Dividing by a duration goes through `Double` and is sometimes
    /// off by one.
    public var wholeMilliseconds: Int64 {
        let whole = components.seconds.saturatingProduct(1_000)
        let (sum, isOver) = whole.addingReportingOverflow(
            components.attoseconds / 1_000_000_000_000_000)
        return isOver ? whole : sum
    }

    /// The duration in seconds, rounded up, so that a wait of so many seconds is long enough.
    public var secondsRoundedUp: Int {
        Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)
    }
}

extension Int64 {
    /// The product, or the limit of the type on its side: a number from outside must not trap.
    func saturatingProduct(_ factor: Int64) -> Int64 {
        let (product, isOver) = multipliedReportingOverflow(by: factor)
        return isOver ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}

/// The number in decimal with leading zeros.
func padded(_ number: some BinaryInteger, _ digitCount: Int) -> String {
    let digits = String(number)
    let missing = digitCount - digits.utf8.count
    return missing > 0 ? String(repeating: "0", count: missing) + digits : digits
}
