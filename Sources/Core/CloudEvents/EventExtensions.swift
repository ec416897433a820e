import Toolbox
public import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Attributes that whoever deploys wants on each event, beside those that the event has.
public struct EventExtensions: Hashable, Sendable {
    /// The attributes by name.
    public let attributes: [String: String]

    /// No attributes.
    public static let none = EventExtensions(attributes: [:])

    private init(attributes: [String: String]) { self.attributes = attributes }

    /// Reads Knative's `K_CE_OVERRIDES`, `{"extensions":{"name":"value"}}`.
    ///
    /// Source: <https://knative.dev/docs/eventing/custom-event-source/sinkbinding/reference/>.
    ///
    /// - Parameter overrides: The variable's value.
    /// - Throws: `misconfigured`, naming what is wrong.
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
                    "K_CE_OVERRIDES sets \(AttributeText.shown(name)), which is not the name of an extension with a"
                        + " value: names are lower-case letters and digits, and the event's own"
                        + " attributes stay as they are")
            }
        }
    }

    private static let reserved: Set<String> = [
        "specversion", "id", "source", "type", "datacontenttype", "dataschema", "subject", "time",
        "data",
    ]
}
