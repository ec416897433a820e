/// A row of bars, one per value, as high as the value is among the others.
public enum TextSparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// Draws values.
    ///
    /// - Parameter values: The values in order; a missing one leaves a gap.
    /// - Returns: A character per value; zero is the lowest bar, and the largest value the highest.
    public static func text(_ values: [Double?]) -> String {
        let highest = values.compactMap(\.self).max() ?? 0
        let steps = Double(bars.count - 1)
        return String(
            values.map { value -> Character in
                guard let value else { return " " }
                guard highest > 0, value > 0 else { return bars[0] }
                return bars[min(Int((value / highest * steps).rounded()), bars.count - 1)]
            })
    }
}
