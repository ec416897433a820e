import Domain
import Toolbox

extension Scenario {
    /// Scenarios in which one item of a list is not as documented.
    static let oddItems = [
        Scenario(
            "odd-installation",
            "GitHub lists the first organization's installation without its account.",
            isLater: true
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.userInstallations], .always,
                    .rewritesFirst(of: "installations") { installation in
                        installation.merging(["account": .null, "target_id": .null]) { $1 }
                    }))
        },
        Scenario("odd-bill-item", "The first item of each bill has no unit.") { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.billingSummary], .always,
                    .rewritesFirst(of: "usageItems") { item in
                        item.filter { $0.key != "unitType" }
                    }))
        },
        Scenario(
            "odd-member", "Each page of members also has one with a number in place of a login."
        ) { _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.members], .always,
                    .rewrites { response in
                        let nodes = Array("\"nodes\":[".utf8)
                        let odd = Array(#""nodes":[{"databaseId":7,"login":7},"#.utf8)
                        response.body.replace(nodes, with: odd)
                    }))
        },
        Scenario("odd-record", "Each users file begins with a record that is not an object.") {
            _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.download], source: .users, .always,
                    .rewrites { $0.body = Array("\"a note\"\n".utf8) + $0.body }))
        },
    ]
}

extension Fault.Effect {
    /// Changes the first element of a list.
    ///
    /// - Parameters:
    ///   - path: The names that lead to the list.
    ///   - change: Returns the new element.
    /// - Returns: The effect.
    static func rewritesFirst(
        of path: String...,
        by change: @escaping @Sendable ([String: JSONValue]) -> [String: JSONValue]
    ) -> Self {
        .rewrites { response in
            response.rewriteFirst(of: path) { .object(change($0)) }
        }
    }
}

extension SimulatedResponse {
    /// Replaces the first element of a list in the body.
    ///
    /// - Parameters:
    ///   - path: The names that lead to the list.
    ///   - change: Returns the new element; nil to remove it.
    mutating func rewriteFirst(
        of path: [String], by change: ([String: JSONValue]) -> JSONValue?
    ) {
        guard let value = JSON.value(body) else { return }
        body = JSON.encode(value.replacingFirst(of: path[...], by: change))
    }
}

extension JSONValue {
    fileprivate func replacingFirst(
        of path: ArraySlice<String>, by change: ([String: JSONValue]) -> JSONValue?
    ) -> JSONValue {
        switch self {
        case .object(var members):
            guard let name = path.first, let member = members[name] else { return self }
            members[name] = member.replacingFirst(of: path.dropFirst(), by: change)
            return .object(members)
        case .array(let elements):
            guard path.isEmpty, case .object(let first)? = elements.first else { return self }
            return .array((change(first).map { [$0] } ?? []) + elements.dropFirst())
        default: return self
        }
    }
}
