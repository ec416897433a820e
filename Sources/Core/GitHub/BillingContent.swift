import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The response of all three billing endpoints.
struct BillingContent: Decodable {
    private var organization: String?
    private var usageItems: [JSONValue]?

    /// Reads the rows about Copilot.
    ///
    /// An item that is not as documented is skipped with a note, and the others are read.
    ///
    /// - Throws: `malformedReply` if the document as a whole, or every item, cannot be read, or if it
    ///   is of another organization than the one that was asked for.
    static func read(
        _ response: APIResponse, _ account: BillAccount
    ) throws(Failure) -> BillingSummary {
        guard response.status != 204 else { return BillingSummary(rows: []) }
        let subject = account.subject
        let content = try response.decoded(as: BillingContent.self, subject)
        let doubt = try account.organization.flatMap { organization throws(Failure) in
            try content.doubt(about: organization, subject)
        }
        guard let items = content.usageItems else {
            throw Failure(
                .malformedReply,
                "GitHub's response about \(subject) has no list of items. Check for a newer version of "
                    + "copilot-usage")
        }
        var rows: [BillingRow] = []
        var oddities: [String] = []
        // The request is limited to Copilot. If GitHub ignores that, other products must not be
        // counted as Copilot.
        for item in items where (item["product"]?.text ?? "copilot").lowercased() == "copilot" {
            do throws(Oddity) {
                rows.append(try BillingRow(item))
            } catch {
                oddities.append(error.text)
            }
        }
        guard !rows.isEmpty || oddities.isEmpty else {
            throw Failure(
                .malformedReply,
                """
                GitHub's response about \(subject) does not have the documented form \
                (\(oddities[0])). Check for a newer version of copilot-usage
                """)
        }
        let note = Oddities.note(oddities, "item of the bill", "items of the bill")
        return BillingSummary(rows: rows, notes: [note, doubt].compactMap(\.self))
    }

    /// Checks that an enterprise's bill was limited to an organization.
    ///
    /// Otherwise the whole bill would be counted for each of its organizations.
    ///
    /// - Returns: A note if GitHub does not say which organization the bill is of.
    /// - Throws: `malformedReply` if it is of another one.
    private func doubt(
        about organization: OrganizationLogin, _ subject: String
    ) throws(Failure) -> String? {
        guard let named = self.organization else {
            return """
                GitHub's response does not name \(organization), so it may be of all organizations: \
                copilot-local doctor compares the sums
                """
        }
        guard named.lowercased() == organization.description.lowercased() else {
            throw Failure(
                .malformedReply,
                "GitHub's response about \(subject) is of another organization. Check whether "
                    + "\(organization) was renamed")
        }
        return nil
    }
}

/// What is wrong with an item.
private struct Oddity: Error {
    let text: String
}

extension BillingRow {
    /// The largest number that is taken for one of a bill; up to it, cents can be added exactly.
    private static let numberMax = 1e13

    /// Reads an item of a bill.
    fileprivate init(_ item: JSONValue) throws(Oddity) {
        let name = item["sku"]?.text.map { String($0.prefix(80)) } ?? "an item"
        func text(_ field: String) throws(Oddity) -> String {
            guard let text = item[field]?.text, !text.isEmpty else {
                throw Oddity(text: "\(name) without \(field)")
            }
            return text
        }
        func number(_ field: String) throws(Oddity) -> Double? {
            let number: Double
            switch item[field] {
            case nil, .null: return nil
            case .integer(let value): number = Double(value)
            case .number(let value): number = value
            default: throw Oddity(text: "\(name), whose \(field) is not a number")
            }
            guard number.magnitude <= Self.numberMax else {
                throw Oddity(text: "\(name), whose \(field) is out of range")
            }
            return number
        }
        self.init(
            sku: try text("sku"), unitType: try text("unitType"),
            model: item["model"]?.text.flatMap { $0.isEmpty ? nil : $0 },
            pricePerUnit: try number("pricePerUnit"), grossQuantity: try number("grossQuantity"),
            grossAmount: try number("grossAmount"),
            discountQuantity: try number("discountQuantity"),
            discountAmount: try number("discountAmount"),
            netQuantity: try number("netQuantity"), netAmount: try number("netAmount"))
    }
}
