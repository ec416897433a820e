import Domain
import Toolbox

extension Scenario {
    /// Scenarios about the products and the sums of a bill.
    static let billing = [
        Scenario(
            "differing-bills",
            "The first organization's usage by model is twice the usage in its bill."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.premiumRequests, .aiCredits],
                    organization: world.organizations.first?.login, .always, .doublesQuantities))
        },
        Scenario(
            "second-product",
            "Besides AI credits of Copilot itself, the bill contains some of its coding agent."
        ) { _, configuration in
            configuration.faults.append(
                Fault(on: [.billingSummary], .always, .addsCodingAgent))
        },
    ]
}

extension Fault.Effect {
    /// Adds a row of another product whose usage by model is under the same name.
    static let addsCodingAgent = Self.rewrites { response in
        guard case .object(var bill)? = JSON.value(response.body),
            case .array(let items)? = bill["usageItems"]
        else { return }
        let row: [String: JSONValue] = [
            "product": .string("Copilot"), "sku": .string("coding_agent_ai_unit"),
            "unitType": .string("ai-units"), "pricePerUnit": .number(0.01),
            "grossQuantity": .number(25), "grossAmount": .number(0.25),
            "discountQuantity": .number(25), "discountAmount": .number(0.25),
            "netQuantity": .number(0), "netAmount": .number(0),
        ]
        bill["usageItems"] = .array(items + [.object(row)])
        response.body = JSON.encode(JSONValue.object(bill))
    }
}
