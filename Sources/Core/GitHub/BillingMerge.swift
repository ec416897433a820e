/// How rows of a bill become series, each of which may exist once: pure functions.
enum BillingMerge {
    /// Adds up rows that have the same sku, unit and model, and puts all in order.
    ///
    /// - Returns: The rows, and a note for each price that differed and is therefore left out.
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
                notes.append("\(row.sku) has more than one price per unit, so none is written")
            }
            byKey[key] = sum
        }
        let sorted = order.sorted { left, right in
            left.map { $0 ?? "" }.lexicographicallyPrecedes(right.map { $0 ?? "" })
        }
        return BillingSummary(rows: sorted.compactMap { byKey[$0] }, notes: notes.uniqued())
    }

    /// Puts a family's rows by model in the place of its rows without one, where both say the same.
    ///
    /// The two endpoints spell skus and units differently (`copilot_premium_request` and `Copilot
    /// Premium Request`), so the summary's spelling is kept: it is the one that queries use.
    /// Adding the rows instead would count everything twice.
    ///
    /// - Parameters:
    ///   - rows: The summary's rows.
    ///   - family: What the detail is about.
    ///   - details: The rows by model.
    /// - Returns: The rows, and a note for each row that stays as it was.
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
                notes.append("\(row.sku) is not split by model: GitHub's two answers differ")
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

    /// Whether the parts add up to the whole in every number that either side has.
    private static func agree(_ whole: BillingRow, _ parts: [BillingRow]) -> Bool {
        BillingRow.sums.allSatisfy { field in
            let values = parts.compactMap { $0[keyPath: field] }
            guard let whole = whole[keyPath: field] else { return values.isEmpty }
            guard values.count == parts.count else { return false }
            // GitHub's own numbers are sums of binary fractions, such as 308.999999999.
            return abs(values.reduce(0, +) - whole) <= max(1e-6, abs(whole) * 1e-6)
        }
    }

    private static func added(_ left: Double?, _ right: Double?) -> Double? {
        guard let left else { return right }
        return left + (right ?? 0)
    }
}

/// What GitHub also bills by model, under an address of its own.
enum BillingFamily: String, CaseIterable {
    case premiumRequests = "premium_request"
    case aiCredits = "ai_credit"

    /// Whether the row is of this family and does not say which model.
    func isOpen(_ row: BillingRow) -> Bool {
        row.model == nil && canonical(row.sku).contains(rawValue)
    }

    /// A sku in one spelling: `Copilot AI Credits` and `copilot_ai_unit` are the same.
    func canonical(_ sku: String) -> String {
        let words = sku.lowercased().split { !($0.isLetter || $0.isNumber) }
        return words.map { $0.hasSuffix("s") ? $0.dropLast() : $0 }.joined(separator: "_")
            .replacing("ai_unit", with: "ai_credit")
    }
}

extension Array where Element: Hashable {
    /// Each element once, in the order of its first place.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
