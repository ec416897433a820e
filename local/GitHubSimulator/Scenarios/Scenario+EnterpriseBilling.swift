import Domain
import Toolbox

extension Scenario {
    /// Scenarios about the bill of an enterprise that pays for the first organization.
    static let enterpriseBilling = [
        enterprise("enterprise-pays", "An enterprise pays for the first organization.") { _, _ in },
        enterprise(
            "enterprise-difference",
            "The enterprise also pays for seats that no organization is charged for."
        ) { enterprise, _ in enterprise.unassignedMonths = 12.5 },
        enterprise(
            "enterprise-scope", "The token for the enterprise's bill lacks the billing scope."
        ) { enterprise, _ in enterprise.tokens[0].scopes = ["read:enterprise", "repo"] },
        enterprise(
            "enterprise-fine-grained", "The token for the enterprise's bill is not a classic one."
        ) { enterprise, _ in enterprise.tokens[0].isClassic = false },
        enterprise(
            "enterprise-stranger",
            "The person of the token is neither an owner nor a billing manager of the enterprise."
        ) { enterprise, _ in enterprise.tokens[0].mayManageBilling = false },
        enterprise(
            "enterprise-single-sign-on",
            "The token for the enterprise's bill is not authorized for single sign-on."
        ) { enterprise, _ in enterprise.tokens[0].isSignedOn = false },
        enterprise(
            "enterprise-revoked-token", "The token for the enterprise's bill was revoked."
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.enterpriseSummary], .always,
                    .answers(.refusal(401, "Bad credentials"))))
        },
        enterprise(
            "enterprise-other-organization",
            "The enterprise's bill answers with another organization's part."
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.enterpriseSummary], .always,
                    .rewrites { response in
                        guard case .object(var bill)? = JSON.value(response.body) else { return }
                        if bill["organization"] != nil { bill["organization"] = .string("other") }
                        response.body = JSON.encode(JSONValue.object(bill))
                    }))
        },
    ]

    private static func enterprise(
        _ name: String, _ explanation: String,
        _ change:
            @escaping @Sendable (inout SimulatedEnterprise, inout SimulatorConfiguration) -> Void
    ) -> Scenario {
        Scenario(name, explanation) { world, configuration in
            world.updateFirst { $0.isBilledElsewhere = true }
            var enterprise = SimulatedEnterprise.generated()
            change(&enterprise, &configuration)
            world.enterprises = [enterprise]
        }
    }
}
