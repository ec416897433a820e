import Domain
import GitHub
import Ports
import Toolbox

extension DoctorChecks {
    /// The number of days before a token's end in which it should be replaced.
    private static let dayCountToExpiry = 14

    /// Checks that the enterprise's bill can be read, if there is an enterprise.
    ///
    /// - Returns: The bill; nil if it was not read.
    func checkBillingToken() async -> EnterpriseBill? {
        guard let enterprise = github.enterprise else { return nil }
        var found: EnterpriseBill?
        await check(.billingToken, enterprise.slug, needs: [.gitHub]) {
            () async throws(Failure) in
            let day = yesterday
            guard let bill = try await github.enterpriseBill(year: day.year, month: day.month)
            else { return .skipped(needs: .settings) }
            found = bill
            return judge(bill, enterprise)
        }
        return found
    }

    private func judge(_ bill: EnterpriseBill, _ enterprise: EnterpriseAccount) -> Finding {
        let scopes = bill.scopes.map { ", with the scopes " + $0.sorted().joined(separator: ", ") }
        let seen = "it may read the bill of the enterprise\(scopes ?? "")"
        guard let expires = bill.tokenExpires else { return .ok(seen) }
        guard yesterday.distance(to: expires) > Self.dayCountToExpiry else {
            return .warning(
                "it may read the bill, but expires on \(expires)",
                fix: """
                    generate a new classic token with the scope \(EnterpriseAccount.scope) and set \
                    GITHUB_BILLING_TOKEN to it
                    """)
        }
        return .ok("\(seen), until \(expires)")
    }

    /// Compares the enterprise's bill with the parts of the organizations.
    func checkEnterpriseBill(_ whole: EnterpriseBill) {
        guard let enterprise = github.enterprise else { return }
        // A few organizations are not the whole, and say nothing about it.
        guard only == nil else { return }
        let fields: [(String, KeyPath<BillingRow, Double?>)] = [
            ("gross", \.grossAmount), ("net", \.netAmount),
        ]
        let parts = BillingSummary(rows: enterpriseParts.flatMap(\.rows))
        let sums = fields.map { name, field in
            Sums(name: name, whole: whole.summary.total(of: field), parts: parts.total(of: field))
        }
        note(.enterpriseBill, enterprise.slug, Self.judge(sums, enterpriseParts.count))
    }

    /// One amount of the enterprise's bill, and the sum of it over organizations, in US dollars.
    struct Sums {
        let name: String
        let whole: Double
        let parts: Double

        var difference: Double { whole - parts }
        /// GitHub rounds each row.
        var isDifferent: Bool { abs(difference) >= 0.01 }
    }

    private static func judge(_ sums: [Sums], _ count: Int) -> Finding {
        let organizations = count == 1 ? "1 organization" : "\(count) organizations"
        func text(_ value: (Sums) -> Double) -> String {
            sums.map { "\(value($0).groupedHundredths) \($0.name)" }.joined(separator: ", ")
        }
        guard sums.contains(where: \.isDifferent) else {
            return .ok("equals the sum of \(organizations), in US dollars: \(text(\.whole))")
        }
        let seen = """
            in US dollars, the enterprise's bill is \(text(\.whole)), and the sum of \
            \(organizations) is \(text(\.parts)): the difference is \(text(\.difference))
            """
        guard sums.allSatisfy({ $0.difference > -0.01 }) else {
            return .warning(
                seen,
                fix: """
                    the organizations have more than their enterprise: run doctor again, because \
                    GitHub adds usage all the time, and do not rely on the sums while it lasts
                    """)
        }
        return .warning(
            seen,
            fix: """
                nothing, if it is expected: the enterprise's bill also has organizations that are \
                not collected, cost centers, and usage that no organization is charged for, such as \
                that of enterprise teams. Its page Billing and licensing shows which; connect \
                organizations that are missing
                """)
    }
}
