#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A UTC day as charts name it, by its number since 1970-01-01.
struct ChartDay: Hashable {
    let number: Int
    let year: Int
    /// 1 to 12.
    let month: Int
    /// 1 to 31.
    let dayOfMonth: Int

    init(_ number: Int) {
        self.number = number
        let date = Date(timeIntervalSince1970: Double(number) * 86_400)
        let parts = Self.calendar.dateComponents([.year, .month, .day], from: date)
        year = parts.year ?? 0
        month = parts.month ?? 1
        dayOfMonth = parts.day ?? 1
    }

    /// Such as `5 Apr`.
    var short: String { "\(dayOfMonth) \(monthName)" }
    /// Such as `Sun 5 Apr`.
    var named: String { "\(Self.weekdays[weekday]) \(short)" }
    /// Such as `Apr`.
    var monthName: String { Self.months[month - 1] }
    /// 0 is Monday.
    var weekday: Int { ((number + 3) % 7 + 7) % 7 }
    var isWeekend: Bool { weekday >= 5 }

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

/// The labelled days below a chart.
struct DayTicks {
    /// The most labels that fit below a chart on a large screen.
    private static let countMax = 7

    let ticks: [(index: Int, text: String)]

    /// Chooses days, weeks that begin on Monday, or months: the most labels that fit.
    init(_ days: [ChartDay]) {
        let candidates: [[(index: Int, text: String)]] = [
            Self.labels(days) { _ in true },
            Self.labels(days) { $0.number % 2 == 0 },
            Self.labels(days) { $0.weekday == 0 },
            Self.labels(days) { $0.weekday == 0 && $0.number / 7 % 2 == 0 },
            Self.months(days, every: 1), Self.months(days, every: 2), Self.months(days, every: 3),
            Self.months(days, every: 6),
        ]
        ticks = candidates.first { $0.count <= Self.countMax } ?? []
    }

    private static func labels(
        _ days: [ChartDay], where isTick: (ChartDay) -> Bool
    ) -> [(index: Int, text: String)] {
        days.indices.filter { isTick(days[$0]) }.map { ($0, days[$0].short) }
    }

    private static func months(
        _ days: [ChartDay], every step: Int
    ) -> [(index: Int, text: String)] {
        days.indices.filter { days[$0].dayOfMonth == 1 && (days[$0].month - 1) % step == 0 }
            .map { ($0, days[$0].month == 1 ? "\(days[$0].year)" : days[$0].monthName) }
    }
}
