public import Domain
import Ports

extension GitHubClient {
    /// Reads a month's Copilot bill as it stands now.
    ///
    /// Premium requests and AI credits are split by model where GitHub does so and both of its
    /// answers agree.
    ///
    /// - Parameters:
    ///   - organization: Whose bill.
    ///   - year: The year of the report day.
    ///   - month: The month of the report day, 1 to 12: on the first of a month, the month before.
    ///   - token: A token of the installation.
    /// - Returns: The bill; its numbers are GitHub's to the last bit, unless rows had to be added.
    /// - Throws: `notFound` if the organization is billed elsewhere, by an enterprise; `forbidden`,
    ///   `suspended`, `rateLimited`, `malformedReply`, or what the transport throws.
    public func billing(
        of organization: OrganizationLogin, year: Int, month: Int, token: Secret
    ) async throws(Failure) -> BillingSummary {
        func rows(_ path: String) async throws(Failure) -> [BillingRow] {
            let subject = "the bill of \(organization)"
            let question = Question(
                url: """
                    \(endpoints.api)/organizations/\(organization)/settings/billing/\(path)\
                    ?year=\(year)&month=\(month)&product=copilot
                    """,
                caller: .installation(token), subject: subject,
                organization: organization.description, permission: .administration,
                missing: """
                    \(organization) has no bill of its own: an enterprise pays for it, or it is \
                    not on GitHub's enhanced billing platform
                    """)
            return try await ask(question) { answer throws(Failure) in
                try BillingContent.read(answer, subject)
            }
        }

        var bill = BillingMerge.combined(try await rows("usage/summary"))
        for family in BillingFamily.allCases where bill.rows.contains(where: family.isOpen) {
            do {
                let details = BillingMerge.combined(try await rows("\(family.rawValue)/usage"))
                let split = BillingMerge.replacing(bill.rows, of: family, by: details.rows)
                bill.rows = split.rows
                bill.notes += details.notes + split.notes
            } catch let failure where failure.retry == .never {
                // What may pass is thrown instead: the same day with and without models would be
                // two sets of series that a query adds up.
                bill.notes.append("\(family.rawValue) is not split by model: \(failure.message)")
            }
        }
        let combined = BillingMerge.combined(bill.rows)
        return BillingSummary(
            rows: combined.rows, notes: (bill.notes + combined.notes).uniqued())
    }
}

/// The answers of the three billing endpoints; they have one form.
private struct BillingContent: Decodable {
    var usageItems: [Item]?

    struct Item: Decodable {
        var product: String?
        var sku: String
        var unitType: String
        var model: String?
        var pricePerUnit: Double?
        var grossQuantity: Double?
        var grossAmount: Double?
        var discountQuantity: Double?
        var discountAmount: Double?
        var netQuantity: Double?
        var netAmount: Double?
    }

    static func read(_ answer: Answer, _ subject: String) throws(Failure) -> [BillingRow] {
        guard answer.status != 204 else { return [] }
        let items = try answer.decoded(as: BillingContent.self, subject).usageItems ?? []
        // The query asks for Copilot alone; what else comes must not be called Copilot.
        return items.filter { ($0.product ?? "copilot").lowercased() == "copilot" }.map { item in
            BillingRow(
                sku: item.sku, unitType: item.unitType,
                model: item.model.flatMap { $0.isEmpty ? nil : $0 },
                pricePerUnit: item.pricePerUnit, grossQuantity: item.grossQuantity,
                grossAmount: item.grossAmount, discountQuantity: item.discountQuantity,
                discountAmount: item.discountAmount, netQuantity: item.netQuantity,
                netAmount: item.netAmount)
        }
    }
}
