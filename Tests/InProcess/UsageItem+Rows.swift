public import Domain
public import GitHubSimulator
public import TestSupport

extension UsageItem {
    /// The samples of the row, as they are documented.
    public func rows(of organization: OrganizationLogin) -> [Row] {
        var labels = [
            "organization": organization.description, "sku": sku, "unit_type": unitType,
        ]
        labels["model"] = model
        let net = quantity - discountQuantity
        return [
            ("price_per_unit", price), ("gross_quantity", quantity),
            ("gross_amount", quantity * price), ("discount_quantity", discountQuantity),
            ("discount_amount", discountQuantity * price), ("net_quantity", net),
            ("net_amount", net * price),
        ].map { Row("github_copilot_billing_\($0)", labels, $1) }
    }
}

extension Outcome {
    /// Whether the backend has what GitHub said.
    public var isDone: Bool { [.written, .unchanged, .restated].contains(self) }
}
