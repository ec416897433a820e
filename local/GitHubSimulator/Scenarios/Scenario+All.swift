/// Scenarios of one class of situations.
public struct ScenarioGroup: Sendable {
    /// The class, as a heading.
    public let title: String
    /// Its scenarios.
    public let scenarios: [Scenario]
}

extension Scenario {
    /// Every scenario of the simulator, by class.
    public static let groups = [
        ScenarioGroup(title: "Setting up", scenarios: settingUp),
        ScenarioGroup(title: "Publication of reports", scenarios: publication),
        ScenarioGroup(title: "Access", scenarios: access),
        ScenarioGroup(title: "Fresh credentials", scenarios: freshCredentials),
        ScenarioGroup(title: "Odd credentials", scenarios: oddCredentials),
        ScenarioGroup(title: "Refusals", scenarios: refusals),
        ScenarioGroup(title: "Refusals in other forms", scenarios: otherRefusals),
        ScenarioGroup(title: "Limits and server errors", scenarios: errors),
        ScenarioGroup(title: "Page size", scenarios: pageSizes),
        ScenarioGroup(title: "One bad item", scenarios: oddItems),
        ScenarioGroup(title: "Transfers", scenarios: transfers),
        ScenarioGroup(title: "Changes in between", scenarios: changes),
        ScenarioGroup(title: "Billing", scenarios: billing),
        ScenarioGroup(title: "Enterprise billing", scenarios: enterpriseBilling),
        ScenarioGroup(title: "Files and fields", scenarios: files),
    ]

    /// Every scenario of the simulator.
    public static let all = groups.flatMap(\.scenarios)
}
