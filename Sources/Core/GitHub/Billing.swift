public import Domain
import Ports

extension GitHubClient {
    /// Fetches an organization's Copilot bill for a month, as it stands now.
    ///
    /// Premium requests and AI credits are split by model where GitHub provides that split and its
    /// sums match the summary.
    ///
    /// - Parameters:
    ///   - year: The year of the report day, which may be last year when it is read in January.
    ///   - month: The month of the report day, 1 to 12. On the first of a month, this is the
    ///     previous month.
    ///   - token: An installation access token.
    /// - Returns: The bill. Its numbers are GitHub's to the last bit, except where rows were summed.
    /// - Throws: `notFound` if an enterprise pays for the organization; `forbidden`,
    ///   `suspended`, `rateLimited`, `malformedReply`, or what the transport throws.
    public func billing(
        of organization: OrganizationLogin, year: Int, month: Int, token: Secret
    ) async throws(Failure) -> BillingSummary {
        func rows(_ path: String) async throws(Failure) -> [BillingRow] {
            let subject = "the bill of \(organization)"
            let request = APIRequest(
                url: """
                    \(endpoints.api)/organizations/\(organization)/settings/billing/\(path)\
                    ?year=\(year)&month=\(month)&product=copilot
                    """,
                caller: .installation(token), subject: subject,
                organization: organization.description, permission: .administration,
                missing: """
                    \(organization) has no bill of its own: an enterprise pays for it, or it does \
                    not use GitHub's enhanced billing platform
                    """)
            return try await perform(request) { response throws(Failure) in
                try BillingContent.read(response, subject)
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
                // A temporary failure is thrown instead: if a day were written once without and
                // later with models, a query would add both sets of series.
                bill.notes.append("\(family.rawValue) is not split by model: \(failure.message)")
            }
        }
        let combined = BillingMerge.combined(bill.rows)
        return BillingSummary(
            rows: combined.rows, notes: (bill.notes + combined.notes).uniqued())
    }
}

/// The response of all three billing endpoints.
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

    static func read(_ response: APIResponse, _ subject: String) throws(Failure) -> [BillingRow] {
        guard response.status != 204 else { return [] }
        let items = try response.decoded(as: BillingContent.self, subject).usageItems ?? []
        // The request is limited to Copilot. If GitHub ignores that, other products must not be
        // counted as Copilot.
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
