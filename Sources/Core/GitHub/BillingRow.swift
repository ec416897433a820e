/// One line of a month's bill so far.
///
/// A number that GitHub does not give is nil, and no zero.
public struct BillingRow: Hashable, Sendable {
    /// What is sold, as GitHub names it, such as `copilot_ai_unit`.
    public var sku: String
    /// What it is counted in, such as `ai-units`.
    public var unitType: String
    /// Which model it was spent on, if GitHub says so.
    public var model: String?
    /// What one unit costs, in US dollars.
    public var pricePerUnit: Double?
    /// Units used.
    public var grossQuantity: Double?
    /// What they cost, in US dollars.
    public var grossAmount: Double?
    /// Units that are included in the plan.
    public var discountQuantity: Double?
    /// What is deducted for them, in US dollars.
    public var discountAmount: Double?
    /// Units to be paid.
    public var netQuantity: Double?
    /// What is to be paid, in US dollars.
    public var netAmount: Double?

    /// Creates a row; what is not given is unknown.
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

    /// What adds up when two rows are one; the price does not.
    static let sums: [any WritableKeyPath<BillingRow, Double?> & Sendable] = [
        \.grossQuantity, \.grossAmount, \.discountQuantity, \.discountAmount, \.netQuantity,
        \.netAmount,
    ]
}

/// A month's bill so far.
public struct BillingSummary: Hashable, Sendable {
    /// Its lines: no two with the same sku, unit and model, in a fixed order.
    public var rows: [BillingRow]
    /// Findings worth a look that stopped nothing.
    public var notes: [String]

    /// Creates a summary.
    public init(rows: [BillingRow], notes: [String] = []) {
        self.rows = rows
        self.notes = notes
    }
}
