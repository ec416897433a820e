#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Pure functions that make the rows of a bill unique, because each row becomes one series.
enum BillingMerge {
    /// Sums rows with the same SKU, unit and model, and sorts the result.
    ///
    /// - Returns: The bill, with a note for each price that is omitted because the summed rows differ.
    static func combined(_ bill: BillingSummary) -> BillingSummary {
        var order: [[String?]] = []
        var byKey: [[String?]: BillingRow] = [:]
        var notes = bill.notes
        for row in bill.rows {
            let key = [row.sku, row.unitType, row.model]
            guard var sum = byKey[key] else {
                order.append(key)
                byKey[key] = row
                continue
            }
            sum.add(row)
            if sum.pricePerUnit != row.pricePerUnit {
                sum.pricePerUnit = nil
                notes.append("\(row.sku) has more than one price per unit, so no price is written")
            }
            byKey[key] = sum
        }
        let sorted = order.sorted { left, right in
            left.map { $0 ?? "" }.lexicographicallyPrecedes(right.map { $0 ?? "" })
        }
        return BillingSummary(rows: sorted.compactMap { byKey[$0] }, notes: notes.uniqued())
    }

    /// Replaces a family's rows without a model by its rows per model.
    ///
    /// Adding the rows without replacing any would count everything twice. The two endpoints spell SKUs
    /// and units differently (`copilot_premium_request` and `Copilot Premium Request`); the summary's
    /// spelling is kept, because queries use it. Which rows are replaced depends on their names, so
    /// that a series does not end because sums differ on one day; then there is a note. Only if rows
    /// stay without models, their sum decides whether they are among the models of the others: GitHub
    /// may list the models of all products under the name of one.
    ///
    /// - Parameters:
    ///   - rows: The summary's rows.
    ///   - details: The family's rows per model.
    /// - Returns: The rows, and notes about those that were not replaced and about differing sums.
    static func splitting(
        _ rows: [BillingRow], of family: BillingFamily, by details: [BillingRow]
    ) -> BillingSummary {
        var rest = details.filter { $0.model != nil }.map { (family.canonical($0.sku), $0) }
        var split: [BillingRow] = []
        var replaced: [BillingRow] = []
        var whole: [BillingRow] = []
        var notes: [String] = []
        for row in rows where family.isOpen(row) {
            let name = family.canonical(row.sku)
            let parts = rest.filter { $0.0 == name }.map(\.1)
            rest.removeAll { $0.0 == name }
            if parts.isEmpty { whole.append(row) } else { replaced.append(row) }
            if !parts.isEmpty, !agree(row, parts) {
                notes.append(
                    "the models of \(row.sku) do not add up to its sum in GitHub's summary")
            }
            split += parts.map { part in
                var part = part
                part.sku = row.sku
                part.unitType = row.unitType
                return part
            }
        }
        if rest.isEmpty, areAmong(split, whole, beside: replaced) {
            notes =
                agree(sum(replaced + whole), split)
                ? []
                : ["the models of \(family.title) do not add up to their sum in GitHub's summary"]
            whole = []
        }
        // Names that differ by more than their spelling are of the rows that found no part.
        if whole.isEmpty || rest.isEmpty {
            notes += whole.map {
                "\($0.sku) is not split by model, because GitHub does not list it"
            }
        } else {
            whole = []
        }
        split += rest.map { name, part in
            var part = part
            part.sku = name
            return part
        }
        return BillingSummary(
            rows: rows.filter { !family.isOpen($0) } + split + whole, notes: notes)
    }

    /// Whether the parts are those of some further rows too, because they come nearer to the sum of all.
    private static func areAmong(
        _ parts: [BillingRow], _ others: [BillingRow], beside rows: [BillingRow]
    ) -> Bool {
        func total(_ rows: [BillingRow]) -> Double {
            rows.reduce(0) { $0 + ($1.grossQuantity ?? $1.grossAmount ?? 0) }
        }
        let excess = total(parts) - total(rows)
        return abs(excess - total(others)) < abs(excess)
    }

    /// The sums of some rows, of which there is at least one.
    private static func sum(_ rows: [BillingRow]) -> BillingRow {
        rows.dropFirst().reduce(into: rows[0]) { $0.add($1) }
    }

    /// Whether the parts add up to the whole in every number that either side reports.
    private static func agree(_ whole: BillingRow, _ parts: [BillingRow]) -> Bool {
        BillingRow.sums.allSatisfy { field in
            let values = parts.compactMap { $0[keyPath: field] }
            guard let whole = whole[keyPath: field] else { return values.isEmpty }
            guard values.count == parts.count else { return false }
            // GitHub's numbers are sums of binary fractions themselves, such as 308.999999999.
            return abs(values.reduce(0, +) - whole) <= max(1e-6, abs(whole) * 1e-6)
        }
    }

    /// The sum as a person would write it: 1.1 and 0.28 are 1.38, not 1.3800000000000001.
    static func added(_ left: Double?, _ right: Double?) -> Double? {
        guard let left, let right else { return left ?? right }
        guard let first = Decimal(string: "\(left)"), let second = Decimal(string: "\(right)"),
            let sum = Double("\(first + second)")
        else { return left + right }
        return sum
    }
}

extension BillingRow {
    /// Adds the numbers of another row.
    fileprivate mutating func add(_ row: BillingRow) {
        for field in Self.sums {
            self[keyPath: field] = BillingMerge.added(self[keyPath: field], row[keyPath: field])
        }
    }
}

/// A kind of usage that GitHub also reports per model, at an endpoint of its own.
enum BillingFamily: String, CaseIterable {
    case premiumRequests = "premium_request"
    case aiCredits = "ai_credit"

    /// The name in a sentence.
    var title: String { self == .premiumRequests ? "premium requests" : "AI credits" }

    /// Whether the row belongs to this family and names no model.
    func isOpen(_ row: BillingRow) -> Bool { row.model == nil && contains(row) }

    /// Whether the row belongs to this family.
    func contains(_ row: BillingRow) -> Bool { canonical(row.sku).contains(rawValue) }

    /// The SKU in a canonical spelling: `Copilot AI Credits` and `copilot_ai_unit` become equal.
    func canonical(_ sku: String) -> String {
        let words = sku.lowercased().split { !($0.isLetter || $0.isNumber) }
        let name = words.map { $0.hasSuffix("s") ? $0.dropLast() : $0 }.joined(separator: "_")
        return name.contains("ai_unit") ? name.replacing("ai_unit", with: "ai_credit") : name
    }
}

extension Array where Element: Hashable {
    /// The elements without repetitions, in order of first occurrence.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
