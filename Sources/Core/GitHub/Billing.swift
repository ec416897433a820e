public import Domain
import Ports

extension GitHubClient {
    /// Fetches an organization's Copilot bill for a month, as it stands now.
    ///
    /// If the organization has no bill of its own, its part of the enterprise's bill is fetched, where
    /// ``enterprise`` is known.
    ///
    /// Premium requests are split by model. AI credits are not: their rows and those of other products
    /// are as in GitHub's summary, and their split by model is in ``BillingSummary/byModel``, because
    /// GitHub names the products differently there. So a row has the same labels every day, whatever
    /// the sums of that day are.
    ///
    /// - Parameters:
    ///   - year: The year of the report day, which may be last year when it is read in January.
    ///   - month: The month of the report day, 1 to 12. On the first of a month, this is the
    ///     previous month.
    ///   - token: An installation access token.
    ///   - hasModels: Whether AI credits are wanted by model too.
    /// - Returns: The bill. Its numbers are GitHub's to the last bit, except where rows were summed.
    /// - Throws: `notFound` if neither bill has the organization; `forbidden`,
    ///   `suspended`, `rateLimited`, `malformedReply`, or what the transport throws.
    public func billing(
        of organization: OrganizationLogin, year: Int, month: Int, token: AccessToken,
        hasModels: Bool = false
    ) async throws(Failure) -> BillingSummary {
        let own = BillAccount.own(organization, token, at: endpoints)
        do throws(Failure) {
            return try await bill(of: own, year: year, month: month, hasModels: hasModels)
        } catch  where error.code == .notFound {
            guard let enterprise else { throw error }
            let part = BillAccount.part(of: enterprise, organization, at: endpoints)
            var bill = try await bill(of: part, year: year, month: month, hasModels: hasModels)
            guard !bill.rows.isEmpty else {
                throw Failure(
                    .notFound,
                    """
                    \(organization) has no bill of its own, and the bill of the enterprise \
                    \(enterprise.slug) has nothing of it in this month: nothing was used yet, or \
                    another enterprise pays for it
                    """)
            }
            bill.enterprise = enterprise.slug
            return bill
        }
    }

    /// Fetches the Copilot bill of the whole enterprise for a month, as it stands now.
    ///
    /// - Returns: The bill; nil if no ``enterprise`` is known.
    /// - Throws: `forbidden` with advice about the token and the enterprise; otherwise as
    ///   ``billing(of:year:month:token:hasModels:)``.
    public func enterpriseBill(year: Int, month: Int) async throws(Failure) -> EnterpriseBill? {
        guard let enterprise else { return nil }
        let account = BillAccount.whole(enterprise, at: endpoints)
        return try await perform(account.request("usage/summary", year: year, month: month)) {
            response throws(Failure) in
            EnterpriseBill(
                summary: BillingMerge.combined(try BillingContent.read(response, account)),
                fields: response.fields)
        }
    }

    private func bill(
        of account: BillAccount, year: Int, month: Int, hasModels: Bool
    ) async throws(Failure) -> BillingSummary {
        func rows(_ path: String) async throws(Failure) -> BillingSummary {
            BillingMerge.combined(
                try await perform(account.request(path, year: year, month: month)) {
                    response throws(Failure) in
                    try BillingContent.read(response, account)
                })
        }

        /// A family's rows by model; nil, with a note, if GitHub does not provide them.
        func details(
            of family: BillingFamily, notes: inout [String]
        ) async throws(Failure) -> [BillingRow]? {
            do {
                let details = try await rows("\(family.rawValue)/usage")
                notes += details.notes
                return details.rows
            } catch let failure where failure.retry == .never {
                // A temporary failure is thrown instead: if a day were written once without and
                // later with models, a query would add both sets of series.
                notes.append("\(family.rawValue) is not split by model: \(failure.message)")
                return nil
            }
        }

        var bill = try await rows("usage/summary")
        if bill.rows.contains(where: BillingFamily.premiumRequests.isOpen),
            let details = try await details(of: .premiumRequests, notes: &bill.notes)
        {
            let split = BillingMerge.splitting(bill.rows, of: .premiumRequests, by: details)
            let combined = BillingMerge.combined(split)
            bill.rows = combined.rows
            bill.notes += combined.notes
        }
        if hasModels, bill.rows.contains(where: BillingFamily.aiCredits.contains),
            let details = try await details(of: .aiCredits, notes: &bill.notes)
        {
            bill.byModel = details.filter { $0.model != nil }
        }
        bill.notes = bill.notes.uniqued()
        return bill
    }
}
