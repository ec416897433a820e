/// The unit of a chart's values: how numbers are written.
public enum ChartUnit: Hashable, Sendable {
    /// Whole things, such as `users`.
    case count(String)
    /// An average of things, such as `lines per user`.
    case average(String)
    /// Money, with the symbol before the number.
    case money(symbol: String)
    /// A share from 0 to 1, written as a percentage.
    case share
    /// Minutes, written as hours or days where that is shorter.
    case minutes

    /// The unit in words, as it stands below a chart's title.
    public var name: String {
        switch self {
        case .count(let name), .average(let name): name
        case .money(let symbol): symbol == "$" ? "US dollars" : symbol
        case .share: "percent"
        case .minutes: "time"
        }
    }

    /// A value in full, such as `1,204` or `$12.50`.
    public func text(_ value: Double) -> String {
        switch self {
        case .count, .average: ChartNumber.text(value, digits: 2)
        case .money(let symbol): Self.signed(value) { symbol + ChartNumber.text($0, fixed: 2) }
        case .share: ChartNumber.text(value * 100, digits: 1) + " %"
        case .minutes:
            switch value.magnitude {
            case ..<120: ChartNumber.text(value, digits: 1) + " min"
            case ..<2_880: ChartNumber.text(value / 60, digits: 1) + " h"
            default: ChartNumber.text(value / 1_440, digits: 1) + " days"
            }
        }
    }

    /// A value in few characters, such as `1.2k`, for a label.
    func short(_ value: Double) -> String {
        switch self {
        case .count, .average: ChartNumber.short(value)
        case .money(let symbol): Self.signed(value) { symbol + ChartNumber.short($0) }
        case .share: ChartNumber.text(value * 100, digits: value < 0.1 ? 1 : 0) + "%"
        case .minutes: text(value)
        }
    }

    /// How many of the unit make one step of an axis with round numbers, and how it is written.
    func axis(upTo high: Double) -> (size: Double, text: (Double) -> String) {
        switch self {
        case .share: (0.01, { ChartNumber.short($0) + "%" })
        case .money(let symbol):
            (1, { value in Self.signed(value) { symbol + ChartNumber.short($0) } })
        case .minutes where high >= 2_880: (1_440, { ChartNumber.short($0) + " d" })
        case .minutes where high >= 120: (60, { ChartNumber.short($0) + " h" })
        case .minutes: (1, { ChartNumber.short($0) + " min" })
        case .count, .average: (1, ChartNumber.short)
        }
    }

    /// Whether an axis has no fractions.
    var isWhole: Bool {
        if case .count = self { true } else { false }
    }

    private static func signed(_ value: Double, _ text: (Double) -> String) -> String {
        (value < 0 ? "−" : "") + text(value.magnitude)
    }
}

/// Numbers as text, in English.
public enum ChartNumber {
    /// A number with thousands separators and at most `digits` decimals.
    public static func text(_ value: Double, digits: Int) -> String {
        var text = self.text(value, fixed: digits)
        guard digits > 0, text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "−0" ? "0" : text
    }

    /// A number with thousands separators and exactly `digits` decimals.
    public static func text(_ value: Double, fixed digits: Int) -> String {
        let power = (0..<digits).reduce(1) { product, _ in product * 10 }
        // Beyond 2^53 a Double has no decimals to write.
        guard let scaled = Int64(exactly: (value.magnitude * Double(power)).rounded()),
            scaled < 1 << 53
        else { return value.description }
        let whole = Array(String(scaled / Int64(power)))
        var text = value < 0 && scaled > 0 ? "−" : ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        guard digits > 0 else { return text }
        let rest = String(Int64(power) + scaled % Int64(power)).dropFirst()
        return "\(text).\(rest)"
    }

    /// A number in few characters: `950`, `1.2k`, `35M`.
    public static func short(_ value: Double) -> String {
        let steps: [(Double, String)] = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
        // 999.6 is 1k, not 1,000.
        guard let (size, suffix) = steps.first(where: { value.magnitude >= $0.0 * 0.9995 }) else {
            return text(value, digits: value.magnitude < 10 ? 2 : value.magnitude < 100 ? 1 : 0)
        }
        let scaled = value / size
        return text(scaled, digits: scaled.magnitude < 100 ? 1 : 0) + suffix
    }
}
