import Domain
import GitHub
import Ports
import Reports

extension Collection {
    /// Reads the month's bill so far, and sends it if it says something new.
    ///
    /// GitHub gives the bill as it is now, not as it was: so it is only read with the newest day,
    /// and with the year and month of that day, which on the first of a month is the month before.
    func billing(
        _ token: Secret, _ collected: inout Collected
    ) async throws(Failure) -> SourceResult {
        let newest = today.advanced(by: -1)
        guard event.day == newest else {
            if let known = previous[.billing], known.outcome.isSettled {
                return known.digest == nil ? known : unchanged(.billing)
            }
            return without(
                .billing, .notApplicable,
                "the bill is the month's state of today, so it is read only for \(newest)")
        }
        let summary = try await function.github.billing(
            of: event.organization, year: event.day.year, month: event.day.month, token: token)
        var batch = SampleBatch(scope(.billing))
        for row in summary.rows {
            var labels = [Label.sku: row.sku, .unitType: row.unitType]
            labels[.model] = row.model
            batch.addBillingRow(labels: labels, value: row.number)
        }
        let print = batch.print
        if print.digest == previous[.billing]?.digest { return unchanged(.billing) }
        let delivery = try await write(.billing, &collected) { writer throws(Failure) in
            try await writer.write(batch)
        }
        var result = SourceResult(
            .written, records: summary.rows.count, digest: print.digest, notes: summary.notes)
        await deliver(&result, .billing, delivery, print.imprint, &collected)
        return result
    }
}

extension BillingRow {
    /// The number that GitHub's JSON calls `field`.
    fileprivate func number(_ field: String) -> Double? {
        switch field {
        case "pricePerUnit": pricePerUnit
        case "grossQuantity": grossQuantity
        case "grossAmount": grossAmount
        case "discountQuantity": discountQuantity
        case "discountAmount": discountAmount
        case "netQuantity": netQuantity
        case "netAmount": netAmount
        default: nil
        }
    }
}
