/// Pure functions that make the rows of a bill unique, because each row becomes one series.
enum BillingMerge {
    /// Sums rows with the same SKU, unit and model, and sorts the result.
    ///
    /// - Returns: The rows, and a note for each price that is omitted because the summed rows differ.
    static func combined(_ rows: [BillingRow]) -> BillingSummary {
        var order: [[String?]] = []
        var byKey: [[String?]: BillingRow] = [:]
        var notes: [String] = []
        for row in rows {
            let key = [row.sku, row.unitType, row.model]
            guard var sum = byKey[key] else {
                order.append(key)
                byKey[key] = row
                continue
            }
            for field in BillingRow.sums {
                sum[keyPath: field] = added(sum[keyPath: field], row[keyPath: field])
            }
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

    /// Replaces a family's rows without a model by its rows per model, where both sums agree.
    ///
    /// The two endpoints spell SKUs and units differently (`copilot_premium_request` and `Copilot
    /// Premium Request`). The summary's spelling is kept, because queries use it. Adding the rows
    /// without replacing any would count everything twice.
    ///
    /// - Parameters:
    ///   - rows: The summary's rows.
    ///   - details: The family's rows per model.
    /// - Returns: The rows, and a note for each row that was not replaced.
    static func replacing(
        _ rows: [BillingRow], of family: BillingFamily, by details: [BillingRow]
    ) -> BillingSummary {
        let open = rows.filter { family.isOpen($0) }
        var notes: [String] = []
        let replaced = rows.flatMap { row -> [BillingRow] in
            guard family.isOpen(row) else { return [row] }
            let parts =
                open.count == 1
                ? details : details.filter { family.canonical($0.sku) == family.canonical(row.sku) }
            guard !parts.isEmpty, parts.allSatisfy({ $0.model != nil }), agree(row, parts) else {
                notes.append(
                    "\(row.sku) is not split by model, because GitHub's summary and its split by model differ"
                )
                return [row]
            }
            return parts.map { part in
                var part = part
                part.sku = row.sku
                part.unitType = row.unitType
                return part
            }
        }
        return BillingSummary(rows: replaced, notes: notes)
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

    private static func added(_ left: Double?, _ right: Double?) -> Double? {
        guard let left else { return right }
        return left + (right ?? 0)
    }
}

/// A kind of usage that GitHub also reports per model, at an endpoint of its own.
enum BillingFamily: String, CaseIterable {
    case premiumRequests = "premium_request"
    case aiCredits = "ai_credit"

    /// Whether the row belongs to this family and names no model.
    func isOpen(_ row: BillingRow) -> Bool {
        row.model == nil && canonical(row.sku).contains(rawValue)
    }

    /// The SKU in a canonical spelling: `Copilot AI Credits` and `copilot_ai_unit` become equal.
    func canonical(_ sku: String) -> String {
        let words = sku.lowercased().split { !($0.isLetter || $0.isNumber) }
        return words.map { $0.hasSuffix("s") ? $0.dropLast() : $0 }.joined(separator: "_")
            .replacing("ai_unit", with: "ai_credit")
    }
}

extension Array where Element: Hashable {
    /// The elements without repetitions, in order of first occurrence.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
