import Domain
import Toolbox

extension Scenario {
    /// Scenarios in which credentials do not arrive as they were issued.
    static let oddCredentials = [
        Scenario(
            "manifest-damaged-key",
            "The response about a new App has half of the private key."
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.convertManifest], .always,
                    .rewritesMembers { members in
                        let key = members["pem"]?.text ?? ""
                        return ["pem": .string(String(key.prefix(key.count / 2)))]
                    }))
        },
        Scenario(
            "token-lifetimes", "GitHub reports lifetimes of tokens that exceed the calendar."
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.exchangeCode, .refreshToken], .always,
                    .rewritesMembers { _ in
                        ["expires_in": .integer(.max), "refresh_token_expires_in": .integer(.max)]
                    }))
        },
        Scenario("tokens-as-form", "GitHub's OAuth host sends tokens as a form instead of JSON.") {
            _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.exchangeCode, .refreshToken], .always,
                    .rewrites { response in
                        guard case .object(let members)? = JSON.value(response.body) else { return }
                        let fields = members.map { name, value in
                            if case .integer(let number) = value {
                                (name, String(number))
                            } else {
                                (name, value.text ?? "")
                            }
                        }
                        response.fields["content-type"] = "application/x-www-form-urlencoded"
                        response.body = Array(Form(fields).encoded.utf8)
                    }))
        },
    ]
}

extension Fault.Effect {
    /// Changes members of a document.
    ///
    /// - Parameter change: Returns the new values of the members to change.
    /// - Returns: The effect.
    static func rewritesMembers(
        by change: @escaping @Sendable ([String: JSONValue]) -> [String: JSONValue]
    ) -> Self {
        .rewrites { response in
            guard case .object(let members)? = JSON.value(response.body) else { return }
            let changed = members.merging(change(members)) { $1 }
            response.body = JSON.encode(JSONValue.object(changed))
        }
    }
}
