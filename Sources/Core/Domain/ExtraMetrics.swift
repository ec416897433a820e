/// A group of metrics that are written only if `EXTRA_METRICS` names it.
public enum ExtraMetrics: String, CaseIterable, Sendable {
    /// AI credits on the bill, by model.
    case billingModels = "billing-models"

    /// What the group adds, as a phrase for the reference.
    public var meaning: String {
        switch self {
        case .billingModels: "AI credits on the bill, by model"
        }
    }
}
