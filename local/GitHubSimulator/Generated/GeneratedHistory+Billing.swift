public import Domain

/// An item of a bill.
public struct UsageItem: Sendable {
    /// The product's SKU.
    public var sku: String
    /// The unit of the quantities.
    public var unitType: String
    /// The model; nil if there is none.
    public var model: String?
    /// The price per unit.
    public var price: Double
    /// All units.
    public var quantity: Double
    /// The units that were included or waived.
    public var discountQuantity: Double
    var product = "Copilot"

    /// Seats, which are billed by the month.
    static func seats(months: Double) -> UsageItem {
        UsageItem(
            sku: "copilot_for_business", unitType: "user-months", price: 19, quantity: months,
            discountQuantity: 0)
    }

    /// Adds the quantities of another item.
    static func += (lhs: inout Self, rhs: Self) {
        lhs.quantity += rhs.quantity
        lhs.discountQuantity += rhs.discountQuantity
    }
}

/// A meter that Copilot is billed by, apart from seats.
///
/// As at GitHub, the summary and the list by model spell the same meter differently.
enum Meter: UInt64, CaseIterable, Sendable {
    case premiumRequests = 1
    case aiCredits = 2

    /// The meter in the summary.
    var summary: (sku: String, unitType: String, price: Double) {
        switch self {
        case .premiumRequests: ("copilot_premium_request", "requests", 0.04)
        case .aiCredits: ("copilot_ai_unit", "ai-units", 0.01)
        }
    }

    /// The meter in the list by model.
    var byModel: (sku: String, unitType: String) {
        switch self {
        case .premiumRequests: ("Copilot Premium Request", "requests")
        case .aiCredits: ("Copilot AI Credits", "ai-credits")
        }
    }

    /// The units that are included per seat and month.
    var allowancePerSeat: Double {
        switch self {
        case .premiumRequests: 30
        case .aiCredits: 120
        }
    }
}

extension GeneratedHistory {
    /// A meter's items by model over some days; the allowance applies to the first items.
    func items(
        of meter: Meter, _ organization: SimulatedOrganization, days: [Day]
    ) -> [UsageItem] {
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
            return UsageItem(
                sku: meter.byModel.sku, unitType: meter.byModel.unitType, model: model,
                price: meter.summary.price, quantity: quantity, discountQuantity: discount)
        }
    }

    /// The summary's items over some days of a month.
    func summaryItems(
        of organization: SimulatedOrganization, days: [Day], daysInMonth: Int
    ) -> [UsageItem] {
        let metered = Meter.allCases.compactMap { meter -> UsageItem? in
            let items = items(of: meter, organization, days: days)
            guard var total = items.first else { return nil }
            for item in items.dropFirst() { total += item }
            (total.sku, total.unitType, _) = meter.summary
            total.model = nil
            return total
        }
        guard !days.isEmpty else { return [] }
        // Seats are billed per day, so an unfinished month has a fraction.
        let months = Double(seated(organization).count) * Double(days.count) / Double(daysInMonth)
        return metered + [.seats(months: months)]
    }
}

extension World {
    /// The items of a month's bill, without a request: premium requests by model.
    ///
    /// - Parameters:
    ///   - month: Any day of the month.
    ///   - today: The day on which the bill is read.
    /// - Returns: The items, in the summary's spelling; nil for an organization without a bill.
    public func bill(
        of organization: SimulatedOrganization, monthOf month: Day, on today: Day
    ) -> [UsageItem]? {
        let isPaid =
            !organization.isBilledElsewhere
            || enterprises.contains { $0.id == organization.enterpriseID }
        guard isPaid, case .generated(let history) = organization.history else { return nil }
        let around = month.advanced(by: -31)...month.advanced(by: 31)
        let days = around.filter { $0.month == month.month && $0.year == month.year }
        let billed = days.filter { $0 <= today && history.days.contains($0) }
        let whole = history.summaryItems(
            of: organization, days: billed, daysInMonth: days.count
        ).filter { $0.sku != Meter.premiumRequests.summary.sku }
        let byModel = history.items(of: .premiumRequests, organization, days: billed).map { item in
            var item = item
            (item.sku, item.unitType, _) = Meter.premiumRequests.summary
            return item
        }
        return byModel + whole
    }
}
