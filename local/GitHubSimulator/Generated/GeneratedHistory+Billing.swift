public import Domain

/// A row of a bill.
struct BillingRow: Sendable {
    var sku: String
    var unitType: String
    var model: String?
    var price: Double
    var quantity: Double
    var discountQuantity: Double
    var product = "Copilot"

    /// Adds a row of the same kind.
    static func += (lhs: inout Self, rhs: Self) {
        lhs.quantity += rhs.quantity
        lhs.discountQuantity += rhs.discountQuantity
    }
}

/// What Copilot is billed by, apart from seats: two meters, each split by model elsewhere.
///
/// The summary and the list by model spell the same meter differently, as GitHub does.
enum Meter: UInt64, CaseIterable, Sendable {
    case premiumRequests = 1
    case aiCredits = 2

    /// How the summary spells it.
    var summary: (sku: String, unitType: String, price: Double) {
        switch self {
        case .premiumRequests: ("copilot_premium_request", "requests", 0.04)
        case .aiCredits: ("copilot_ai_unit", "ai-units", 0.01)
        }
    }

    /// How the list by model spells it.
    var byModel: (sku: String, unitType: String) {
        switch self {
        case .premiumRequests: ("Copilot Premium Request", "requests")
        case .aiCredits: ("Copilot AI Credits", "ai-credits")
        }
    }

    /// What is included for a seat and month.
    var allowancePerSeat: Double {
        switch self {
        case .premiumRequests: 30
        case .aiCredits: 120
        }
    }
}

extension GeneratedHistory {
    /// A meter's rows by model over some days, allowances taken off in order.
    func rows(of meter: Meter, _ organization: SimulatedOrganization, days: [Day]) -> [BillingRow] {
        var allowance = meter.allowancePerSeat * Double(seated(organization).count)
        return Vocabulary.billedModels.enumerated().compactMap { place, model in
            let quarters = days.reduce(0) { sum, day in
                var random = SeededRandom(
                    seed, UInt64(organization.id), UInt64(day.number), 9, meter.rawValue,
                    UInt64(place))
                return sum + random.int(0...(seated(organization).count * 8 / (place + 1)))
            }
            guard quarters > 0 else { return nil }
            let quantity = Double(quarters) / 4
            let discount = min(quantity, allowance)
            allowance -= discount
            return BillingRow(
                sku: meter.byModel.sku, unitType: meter.byModel.unitType, model: model,
                price: meter.summary.price, quantity: quantity, discountQuantity: discount)
        }
    }

    /// The summary's rows over some days of a month.
    func summaryRows(
        of organization: SimulatedOrganization, days: [Day], daysInMonth: Int
    ) -> [BillingRow] {
        let metered = Meter.allCases.compactMap { meter -> BillingRow? in
            let rows = rows(of: meter, organization, days: days)
            guard var total = rows.first else { return nil }
            for row in rows.dropFirst() { total += row }
            (total.sku, total.unitType, _) = meter.summary
            total.model = nil
            return total
        }
        guard !days.isEmpty else { return [] }
        // Seats are billed by the day, so a month that is not over has a fraction.
        let months = Double(seated(organization).count) * Double(days.count) / Double(daysInMonth)
        let seats = BillingRow(
            sku: "copilot_for_business", unitType: "user-months", price: 19, quantity: months,
            discountQuantity: 0)
        return metered + [seats]
    }
}

/// A row of a month's bill as a backend must come to have it: by model where GitHub knows models.
public struct BilledRow: Sendable {
    /// The product, as the summary spells it.
    public var sku: String
    /// What is counted, as the summary spells it.
    public var unitType: String
    /// The model; nil where there is none.
    public var model: String?
    /// The price of a unit.
    public var price: Double
    /// How many units, in all.
    public var quantity: Double
    /// How many of them were included or waived.
    public var discountQuantity: Double
}

extension World {
    /// What GitHub's bill of a month says on a day, found without asking.
    ///
    /// - Parameters:
    ///   - organization: Whose bill.
    ///   - month: Any day of the month.
    ///   - today: The day on which it is read.
    /// - Returns: The rows; nil for an organization without a bill.
    public func bill(
        of organization: SimulatedOrganization, monthOf month: Day, on today: Day
    ) -> [BilledRow]? {
        guard !organization.isBilledElsewhere, case .generated(let history) = organization.history
        else { return nil }
        let around = month.advanced(by: -31)...month.advanced(by: 31)
        let days = around.filter { $0.month == month.month && $0.year == month.year }
        let billed = days.filter { $0 <= today && history.days.contains($0) }
        let seats = history.summaryRows(
            of: organization, days: billed, daysInMonth: days.count
        ).filter { $0.unitType == "user-months" }
        let metered = Meter.allCases.flatMap { meter in
            history.rows(of: meter, organization, days: billed).map { row in
                var row = row
                (row.sku, row.unitType, _) = meter.summary
                return row
            }
        }
        return (metered + seats).map { row in
            BilledRow(
                sku: row.sku, unitType: row.unitType, model: row.model, price: row.price,
                quantity: row.quantity, discountQuantity: row.discountQuantity)
        }
    }
}
