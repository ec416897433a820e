import Domain
import Toolbox

/// The bill of an organization, `/organizations/{org}/settings/billing/…`.
///
/// It is the state at the time of the request, whatever day is asked for.
///
/// Source: <https://docs.github.com/en/rest/billing/usage>.
extension SimulatedGitHub {
    /// `usage/summary`: one item per SKU, without models.
    func billingSummary(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let bill = try bill(request)
        var items: [UsageItem] = []
        if bill.isCopilotAsked {
            items += bill.history.summaryItems(
                of: bill.organization, days: bill.days, daysInMonth: bill.daysInMonth)
        }
        if bill.product == nil, !bill.days.isEmpty {
            // Without a filter for Copilot, the bill contains other products as well.
            items.append(
                UsageItem(
                    sku: "actions_linux", unitType: "minutes", price: 0.008, quantity: 1_250,
                    discountQuantity: 1_250, product: "Actions"))
        }
        return response(bill, items)
    }

    /// `premium_request/usage` and `ai_credit/usage`: one item per model.
    func usage(
        of meter: Meter, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        let bill = try bill(request)
        guard bill.isCopilotAsked else { return response(bill, []) }
        return response(bill, bill.history.items(of: meter, bill.organization, days: bill.days))
    }

    /// A bill and the part of it that a request asks for.
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

    private func bill(_ request: SimulatedRequest) throws(ErrorResponse) -> Bill {
        let organization = try requireAccess(request, permission: "organization_administration")
        // A recorded organization has no bill, and neither has one that an enterprise pays for.
        guard !organization.isBilledElsewhere, case .generated(let history) = organization.history
        else { throw ErrorResponse.notFound }
        let known = ["year", "month", "day", "product", "sku", "model", "user", "repository"]
        let query = request.query
        if query.fields.contains(where: { !known.contains($0.name) }) {
            recordViolation("a query parameter that the billing API does not have", request)
        }
        let today = Day(containing: request.moment)
        let year = query["year"].flatMap { Int($0) } ?? today.year
        let month = query["month"].flatMap { Int($0) } ?? today.month
        let padded = month < 10 ? "0\(month)" : "\(month)"
        guard let first = Day("\(year)-\(padded)-01") else {
            throw ErrorResponse(400, "Invalid year or month.")
        }
        let monthDays = (first..<first.advanced(by: 31)).filter { $0.month == month }
        let days = monthDays.filter { $0 <= today && history.days.contains($0) }
        return Bill(
            organization: organization, history: history, year: year, month: month,
            product: query["product"], days: days, daysInMonth: monthDays.count)
    }

    private func response(_ bill: Bill, _ items: [UsageItem]) -> SimulatedResponse {
        var body: [String: JSONValue] = [
            "timePeriod": .object([
                "year": .integer(Int64(bill.year)), "month": .integer(Int64(bill.month)),
            ]),
            "organization": .string(bill.organization.login),
            "usageItems": .array(items.map(Self.json)),
        ]
        if let product = bill.product { body["product"] = .string(product) }
        return .json(200, .object(body))
    }

    private static func json(_ item: UsageItem) -> JSONValue {
        let net = item.quantity - item.discountQuantity
        var members: [String: JSONValue] = [
            "product": .string(item.product), "sku": .string(item.sku),
            "unitType": .string(item.unitType), "pricePerUnit": .number(item.price),
            "grossQuantity": .number(item.quantity),
            "grossAmount": .number(item.quantity * item.price),
            "discountQuantity": .number(item.discountQuantity),
            "discountAmount": .number(item.discountQuantity * item.price),
            "netQuantity": .number(net), "netAmount": .number(net * item.price),
        ]
        if let model = item.model { members["model"] = .string(model) }
        return .object(members)
    }
}
