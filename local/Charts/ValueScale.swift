/// The vertical axis: from a round number to a round number, with 0 always inside.
struct ValueScale {
    /// Round values, from the lowest to the highest.
    let ticks: [Double]

    /// The most steps between two ticks.
    private static let stepCountMax = 4

    /// Fits the values.
    ///
    /// - Parameters:
    ///   - size: How much one unit of the axis is, such as 60 for hours out of minutes.
    ///   - isWhole: Whether there are no fractions to label.
    init(fitting values: [Double], size: Double = 1, isWhole: Bool) {
        let values = values.filter(\.isFinite)
        let low = min(0, values.min() ?? 0) / size
        let high = max(0, values.max() ?? 0) / size
        let span = high > low ? high - low : 1
        let step = Self.roundStep(span / Double(Self.stepCountMax), isWhole: isWhole)
        let first = Int((low / step).rounded(.down))
        let last = max(Int((high / step).rounded(.up)), first + 1)
        ticks = (first...last).map { Double($0) * step * size }
    }

    var low: Double { ticks[0] }
    var high: Double { ticks[ticks.count - 1] }

    /// The distance of a value from the top, in tenths of a pixel.
    func tenths(_ value: Double, height: Int) -> Int {
        Int(((high - value) / (high - low) * Double(height) * 10).rounded())
    }

    /// The smallest of 1, 2 and 5, times a power of ten, that is not smaller than `least`.
    private static func roundStep(_ least: Double, isWhole: Bool) -> Double {
        var power = 1.0
        while power * 10 <= least { power *= 10 }
        while power > least, !isWhole || power > 1 { power /= 10 }
        return [1, 2, 5].map { $0 * power }.first { $0 >= least } ?? power * 10
    }
}
