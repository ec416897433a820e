import Domain
import SampleIndex

/// What a bill that grows through a month says about its days and its end.
enum Spend {
    /// The cost of each day, from amounts that are the sum of the month so far.
    ///
    /// A day costs what was added since the day before. On the first of a month the amount is the
    /// day's own. A product that is new within a month costs its whole amount, provided that there
    /// was a bill the day before. After a day without a bill, nobody knows how much of the growth
    /// belongs to which day, so there is no value.
    ///
    /// - Parameter first: The day of the first value.
    static func daily(_ series: [SampleSeries], from first: Day) -> [SampleSeries] {
        let hasBill = (series.first?.values.indices ?? 0..<0).map { day in
            series.contains { $0.values[day] != nil }
        }
        return series.map { one in
            var daily = one
            for (place, amount) in one.values.enumerated() {
                guard let amount else { continue }
                let isFirst = first.advanced(by: place).dayOfMonth == 1
                if isFirst {
                    daily.values[place] = amount
                } else if place > 0, hasBill[place - 1] {
                    daily.values[place] = amount - (one.values[place - 1] ?? 0)
                } else {
                    daily.values[place] = nil
                }
            }
            return daily
        }
    }

    /// A month's end as a straight line through zero and its newest amount.
    struct Forecast {
        /// The amount at the end of the month.
        var amount: Double
        /// A value per day from the newest amount to the end of the month, which may lie beyond the
        /// days of the amounts.
        var line: [Double?]
    }

    /// Calculates a month's end.
    ///
    /// - Returns: nil if there is no amount.
    static func forecast(_ amounts: [Double?], from first: Day) -> Forecast? {
        guard let newest = amounts.lastIndex(where: { $0 != nil }), let amount = amounts[newest]
        else { return nil }
        let day = first.advanced(by: newest)
        let perDay = amount / Double(day.dayOfMonth)
        let left = day.dayCountOfMonth - day.dayOfMonth
        let ahead = (0...left).map { Optional(amount + perDay * Double($0)) }
        return Forecast(
            amount: perDay * Double(day.dayCountOfMonth),
            line: Array(repeating: nil, count: newest) + ahead)
    }
}

extension Day {
    /// The day of the month, 1 to 31.
    var dayOfMonth: Int { Int(description.suffix(2)) ?? 1 }

    /// The number of days of the day's month.
    var dayCountOfMonth: Int {
        let first = advanced(by: 1 - dayOfMonth)
        // No month is shorter than 28 days or longer than 31.
        return (28...31).first { first.advanced(by: $0).month != month } ?? 31
    }
}
