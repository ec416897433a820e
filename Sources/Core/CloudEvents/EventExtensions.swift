public import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Additional attributes that an operator configures for all events.
public struct EventExtensions: Hashable, Sendable {
    /// The attributes by name.
    public let attributes: [String: String]

    /// No attributes.
    public static let none = EventExtensions(attributes: [:])

    private init(attributes: [String: String]) { self.attributes = attributes }

    /// Parses Knative's `K_CE_OVERRIDES`, such as `{"extensions":{"team":"metrics"}}`.
    ///
    /// Source: <https://knative.dev/docs/eventing/custom-event-source/sinkbinding/reference/>.
    ///
    /// - Throws: `misconfigured`, naming the attribute.
    public init(overrides: String) throws(Failure) {
        struct Overrides: Decodable { var extensions: [String: String]? }
        guard
            let value = try? JSONDecoder().decode(Overrides.self, from: Data(overrides.utf8))
        else {
            throw Failure(
                .misconfigured,
                #"K_CE_OVERRIDES must be JSON such as {"extensions":{"team":"metrics"}}"#)
        }
        attributes = value.extensions ?? [:]
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            guard AttributeText.isName(name), AttributeText.isAllowed(value), !value.isEmpty,
                !Self.reserved.contains(name)
            else {
                throw Failure(
                    .misconfigured,
                    "K_CE_OVERRIDES sets \(AttributeText.shown(name)), which is not a valid extension."
                        + " A name consists of lower-case letters and digits, a value is not empty,"
                        + " and the event's own attributes cannot be changed.")
            }
        }
    }

    private static let reserved: Set<String> = [
        "specversion", "id", "source", "type", "datacontenttype", "dataschema", "subject", "time",
        "data",
    ]
}
