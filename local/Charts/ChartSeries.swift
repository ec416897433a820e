/// A named row of values, one per day.
public struct ChartSeries: Sendable {
    /// The name, as the label beside the marks.
    public var name: String
    /// A value per day; nil where nothing was reported, which is not zero.
    public var values: [Double?]
    /// Whether the values were not observed but calculated ahead: a dashed line.
    public var isForecast: Bool

    /// Creates a series.
    public init(_ name: String, _ values: [Double?], isForecast: Bool = false) {
        self.name = name
        self.values = values
        self.isForecast = isForecast
    }

    /// The index of the newest value.
    var newest: Int? { values.lastIndex { $0 != nil } }
}
