import Domain
import Toolbox

/// What an organization pays for, `/organizations/{org}/settings/billing/…`: the state at the
/// moment of asking, whatever day is meant.
///
/// Source: <https://docs.github.com/en/rest/billing/usage>.
extension SimulatedGitHub {
    /// `usage/summary`: a row a SKU, without models.
    func billingSummary(_ call: Call) throws(Refusal) -> Answer {
        let bill = try bill(call)
        var rows: [BillingRow] = []
        if bill.isCopilotAsked {
            rows += bill.history.summaryRows(
                of: bill.organization, days: bill.days, daysInMonth: bill.daysInMonth)
        }
        if bill.product == nil, !bill.days.isEmpty {
            // Who does not ask for Copilot gets the rest of the bill as well.
            rows.append(
                BillingRow(
                    sku: "actions_linux", unitType: "minutes", price: 0.008, quantity: 1_250,
                    discountQuantity: 1_250, product: "Actions"))
        }
        return answer(bill, rows)
    }

    /// `premium_request/usage` and `ai_credit/usage`: a row a model.
    func usage(of meter: Meter, _ call: Call) throws(Refusal) -> Answer {
        let bill = try bill(call)
        guard bill.isCopilotAsked else { return answer(bill, []) }
        return answer(bill, bill.history.rows(of: meter, bill.organization, days: bill.days))
    }

    /// What a call asks of a bill.
    private struct Bill {
        let organization: SimulatedOrganization
        let history: GeneratedHistory
        let year: Int
        let month: Int
        let product: String?
        let days: [Day]
        let daysInMonth: Int

        var isCopilotAsked: Bool { product.map { $0.lowercased() == "copilot" } ?? true }
    }

    private func bill(_ call: Call) throws(Refusal) -> Bill {
        let organization = try requireAccess(call, permission: "organization_administration")
        // What was recorded has no bill; where an enterprise pays, GitHub knows of none either.
        guard !organization.isBilledElsewhere, case .generated(let history) = organization.history
        else { throw Refusal.notFound }
        let known = ["year", "month", "day", "product", "sku", "model", "user", "repository"]
        let query = call.query
        if query.fields.contains(where: { !known.contains($0.name) }) {
            recordViolation("a query name that the billing API does not have", call)
        }
        let today = Day(containing: call.moment)
        let year = query["year"].flatMap { Int($0) } ?? today.year
        let month = query["month"].flatMap { Int($0) } ?? today.month
        let padded = month < 10 ? "0\(month)" : "\(month)"
        guard let first = Day("\(year)-\(padded)-01") else {
            throw Refusal(400, "Invalid year or month.")
        }
        let monthDays = (first..<first.advanced(by: 31)).filter { $0.month == month }
        let days = monthDays.filter { $0 <= today && history.days.contains($0) }
        return Bill(
            organization: organization, history: history, year: year, month: month,
            product: query["product"], days: days, daysInMonth: monthDays.count)
    }

    private func answer(_ bill: Bill, _ rows: [BillingRow]) -> Answer {
        var body: [String: JSONValue] = [
            "timePeriod": .object([
                "year": .integer(Int64(bill.year)), "month": .integer(Int64(bill.month)),
            ]),
            "organization": .string(bill.organization.login),
            "usageItems": .array(rows.map(Self.json)),
        ]
        if let product = bill.product { body["product"] = .string(product) }
        return .json(200, .object(body))
    }

    private static func json(_ row: BillingRow) -> JSONValue {
        let net = row.quantity - row.discountQuantity
        var members: [String: JSONValue] = [
            "product": .string(row.product), "sku": .string(row.sku),
            "unitType": .string(row.unitType), "pricePerUnit": .number(row.price),
            "grossQuantity": .number(row.quantity),
            "grossAmount": .number(row.quantity * row.price),
            "discountQuantity": .number(row.discountQuantity),
            "discountAmount": .number(row.discountQuantity * row.price),
            "netQuantity": .number(net), "netAmount": .number(net * row.price),
        ]
        if let model = row.model { members["model"] = .string(model) }
        return .object(members)
    }
}
