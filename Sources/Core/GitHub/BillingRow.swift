/// One line of a month's bill so far.
///
/// A number that GitHub does not report is nil, never zero.
public struct BillingRow: Hashable, Sendable {
    /// GitHub's name of the product sold, such as `copilot_ai_unit`.
    public var sku: String
    /// The unit of the quantities, such as `ai-units`.
    public var unitType: String
    /// The model that was used, if GitHub reports it.
    public var model: String?
    /// The price of one unit, in US dollars.
    public var pricePerUnit: Double?
    /// Units used.
    public var grossQuantity: Double?
    /// The cost of the units used, in US dollars.
    public var grossAmount: Double?
    /// Units included in the plan.
    public var discountQuantity: Double?
    /// The deduction for the included units, in US dollars.
    public var discountAmount: Double?
    /// Units to pay for.
    public var netQuantity: Double?
    /// The amount to pay, in US dollars.
    public var netAmount: Double?

    /// Creates a row in which every omitted number is unknown.
    public init(
        sku: String, unitType: String, model: String? = nil, pricePerUnit: Double? = nil,
        grossQuantity: Double? = nil, grossAmount: Double? = nil, discountQuantity: Double? = nil,
        discountAmount: Double? = nil, netQuantity: Double? = nil, netAmount: Double? = nil
    ) {
        self.sku = sku
        self.unitType = unitType
        self.model = model
        self.pricePerUnit = pricePerUnit
        self.grossQuantity = grossQuantity
        self.grossAmount = grossAmount
        self.discountQuantity = discountQuantity
        self.discountAmount = discountAmount
        self.netQuantity = netQuantity
        self.netAmount = netAmount
    }

    /// The numbers that are added when two rows are merged.
    ///
    /// The price is not among them.
    static let sums: [any WritableKeyPath<BillingRow, Double?> & Sendable] = [
        \.grossQuantity, \.grossAmount, \.discountQuantity, \.discountAmount, \.netQuantity,
        \.netAmount,
    ]
}

/// A month's bill so far.
public struct BillingSummary: Hashable, Sendable {
    /// The lines, sorted.
    ///
    /// No two have the same SKU, unit and model.
    public var rows: [BillingRow]
    /// AI credits by model, under the names of GitHub's list by model; empty if they were not wanted.
    ///
    /// They are part of ``rows`` already, so they must not be added to them.
    public var byModel: [BillingRow]
    /// Findings that stopped nothing, one sentence each.
    public var notes: [String]
    /// The enterprise on whose bill the rows are; nil if the organization has a bill of its own.
    public var enterprise: String?

    /// Creates a summary.
    public init(rows: [BillingRow], byModel: [BillingRow] = [], notes: [String] = []) {
        self.rows = rows
        self.byModel = byModel
        self.notes = notes
    }
}

extension BillingSummary {
    /// The sum of a number over all rows, as far as GitHub reports it.
    public func total(of field: KeyPath<BillingRow, Double?>) -> Double {
        rows.reduce(nil) { BillingMerge.added($0, $1[keyPath: field]) } ?? 0
    }
}
