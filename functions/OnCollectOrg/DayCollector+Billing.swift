import Domain
import GitHub
import Ports
import Reports

extension DayCollector {
    /// Reads the bill of the month so far, and sends it if it changed.
    ///
    /// GitHub returns the bill as it is now, not as it was on a day. So it is read only with the newest
    /// day, for the month of that day: on the first of a month that is the month before.
    func billing(_ token: AccessToken) async -> SourceReading {
        let newest = today.advanced(by: -1)
        guard event.day == newest else {
            let known = previous[.billing]
            guard let known, known.outcome.isSettled, !known.outcome.isFault else {
                // A refusal that nobody can make good any more is not a fault of the day: the newest
                // day says whether it still lasts.
                let refusal = known.flatMap { $0.outcome.isFault ? $0.reason : nil }
                return SourceReading(
                    without(
                        .billing, .notApplicable,
                        "GitHub only returns the bill as it is now, so it is read with the newest day, "
                            + "\(newest)" + (refusal.map { "; it was not read then: \($0)" } ?? ""))
                )
            }
            guard known.digest != nil else { return SourceReading(known) }
            var result = unchanged(.billing)
            if event.again {
                result.noteNotSentAgain("GitHub only returns the bill as it is now")
            }
            return SourceReading(result)
        }
        let summary: BillingSummary
        do throws(Failure) {
            summary = try await github.billing(
                of: event.organization, year: event.day.year, month: event.day.month, token: token,
                hasModels: extras.contains(.billingModels))
        } catch {
            return failed(.billing, error)
        }
        var batch = SampleBatch(scope(.billing))
        for row in summary.rows { batch.addBillingRow(labels: row.labels, value: row.number) }
        for row in summary.byModel {
            batch.addBillingRow(labels: row.labels, of: .billingModels, value: row.number)
        }
        let (digest, snapshot) = batch.fingerprint
        if isUnchanged(.billing, digest) {
            var result = unchanged(.billing)
            result.enterprise = summary.enterprise
            return SourceReading(result)
        }
        do throws(Failure) {
            let delivery = try await sink.withWriter(for: scope(.billing)) {
                writer throws(Failure) in
                try await writer.write(batch)
            }
            var result = SourceResult(
                .written, records: summary.rows.count, digest: digest, notes: summary.notes)
            result.enterprise = summary.enterprise
            return await sent(.billing, result, delivery, snapshot)
        } catch {
            return failed(.billing, error, isPartlySent: true)
        }
    }
}

extension BillingRow {
    fileprivate var labels: [Label: String] {
        var labels = [Label.sku: sku, .unitType: unitType]
        labels[.model] = model
        return labels
    }

    /// The number in the JSON field `field`.
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
