import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The response of all three billing endpoints.
struct BillingContent: Decodable {
    private var usageItems: [JSONValue]?

    /// Reads the rows about Copilot.
    ///
    /// An item that is not as documented is skipped with a note, and the others are read.
    ///
    /// - Throws: `malformedReply` if the document as a whole, or every item, cannot be read.
    static func read(_ response: APIResponse, _ subject: String) throws(Failure) -> BillingSummary {
        guard response.status != 204 else { return BillingSummary(rows: []) }
        let items = try response.decoded(as: BillingContent.self, subject).usageItems ?? []
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
        return BillingSummary(rows: rows, notes: note.map { [$0] } ?? [])
    }
}

/// What is wrong with an item.
private struct Oddity: Error {
    let text: String
}

extension BillingRow {
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
            switch item[field] {
            case nil, .null: nil
            case .integer(let value): Double(value)
            case .number(let value): value
            default: throw Oddity(text: "\(name), whose \(field) is not a number")
            }
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
