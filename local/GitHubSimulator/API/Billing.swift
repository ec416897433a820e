import Domain
import Toolbox

/// The bill of an organization, `/organizations/{org}/settings/billing/…`, and of an enterprise,
/// `/enterprises/{enterprise}/settings/billing/…`.
///
/// It is the state at the time of the request, whatever day is asked for.
///
/// Source: <https://docs.github.com/en/rest/billing/usage>.
extension SimulatedGitHub {
    /// `usage/summary` of an organization: one item per SKU, without models.
    func billingSummary(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        summary(try ownBill(request))
    }

    /// `usage/summary` of an enterprise.
    func enterpriseSummary(
        _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        summary(try enterpriseBill(request))
    }

    /// `premium_request/usage` and `ai_credit/usage` of an organization: one item per model.
    func usage(
        of meter: Meter, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        usage(of: meter, try ownBill(request))
    }

    /// `premium_request/usage` and `ai_credit/usage` of an enterprise.
    func enterpriseUsage(
        of meter: Meter, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        usage(of: meter, try enterpriseBill(request))
    }

    /// A bill and the part of it that a request asks for.
    private struct Bill {
        /// What the response says of whose bill it is.
        var names: [String: String]
        var parts: [Part]
        var month: Month
        var product: String?
        /// Seats, in months, that no organization is charged for.
        var unassignedMonths = 0.0

        var isCopilotAsked: Bool { product.map { $0.lowercased() == "copilot" } ?? true }
    }

    /// The usage of one organization.
    private struct Part {
        let organization: SimulatedOrganization
        let history: GeneratedHistory
        let days: [Day]
    }

    private struct Month {
        let year: Int
        let month: Int
        let days: [Day]
    }

    private func ownBill(_ request: SimulatedRequest) throws(ErrorResponse) -> Bill {
        let organization = try requireAccess(request, permission: "organization_administration")
        let month = try month(request, alsoKnowing: [])
        // A recorded organization has no bill, and neither has one that an enterprise pays for.
        guard !organization.isBilledElsewhere,
            let part = Self.part(organization, month, at: request.moment)
        else { throw ErrorResponse.notFound }
        return Bill(
            names: ["organization": organization.login], parts: [part], month: month,
            product: request.query["product"])
    }

    private func enterpriseBill(_ request: SimulatedRequest) throws(ErrorResponse) -> Bill {
        let enterprise = try requireEnterprise(request)
        let month = try month(request, alsoKnowing: ["organization", "cost_center_id"])
        var bill = Bill(
            names: ["enterprise": enterprise.slug], parts: [], month: month,
            product: request.query["product"])
        var organizations = world.organizations(paidBy: enterprise)
        if let login = request.query["organization"] {
            bill.names["organization"] = login
            organizations.removeAll { $0.login.lowercased() != login.lowercased() }
        } else {
            bill.unassignedMonths = enterprise.unassignedMonths
        }
        bill.parts = organizations.compactMap { Self.part($0, month, at: request.moment) }
        return bill
    }

    private static func part(
        _ organization: SimulatedOrganization, _ month: Month, at moment: Timestamp
    ) -> Part? {
        guard case .generated(let history) = organization.history else { return nil }
        let today = Day(containing: moment)
        return Part(
            organization: organization, history: history,
            days: month.days.filter { $0 <= today && history.days.contains($0) })
    }

    private func month(
        _ request: SimulatedRequest, alsoKnowing others: [String]
    ) throws(ErrorResponse) -> Month {
        let known = ["year", "month", "day", "product", "sku", "model", "user", "repository"]
        let query = request.query
        if query.fields.contains(where: { !(known + others).contains($0.name) }) {
            recordViolation("a query parameter that the billing API does not have", request)
        }
        let today = Day(containing: request.moment)
        let year = query["year"].flatMap { Int($0) } ?? today.year
        let month = query["month"].flatMap { Int($0) } ?? today.month
        let padded = month < 10 ? "0\(month)" : "\(month)"
        guard let first = Day("\(year)-\(padded)-01") else {
            throw ErrorResponse(400, "Invalid year or month.")
        }
        let days = (first..<first.advanced(by: 31)).filter { $0.month == month }
        return Month(year: year, month: month, days: days)
    }

    private func summary(_ bill: Bill) -> SimulatedResponse {
        var items: [UsageItem] = []
        if bill.isCopilotAsked {
            items += Self.added(
                bill.parts.flatMap { part in
                    part.history.summaryItems(
                        of: part.organization, days: part.days,
                        daysInMonth: bill.month.days.count)
                })
            if bill.unassignedMonths > 0 {
                items = Self.added(items + [.seats(months: bill.unassignedMonths)])
            }
        }
        if bill.product == nil, bill.parts.contains(where: { !$0.days.isEmpty }) {
            // Without a filter for Copilot, the bill contains other products as well.
            items.append(
                UsageItem(
                    sku: "actions_linux", unitType: "minutes", price: 0.008, quantity: 1_250,
                    discountQuantity: 1_250, product: "Actions"))
        }
        return response(bill, items)
    }

    private func usage(of meter: Meter, _ bill: Bill) -> SimulatedResponse {
        guard bill.isCopilotAsked else { return response(bill, []) }
        return response(
            bill,
            Self.added(
                bill.parts.flatMap { $0.history.items(of: meter, $0.organization, days: $0.days) }))
    }

    /// The items, those of the same product and model added up.
    private static func added(_ items: [UsageItem]) -> [UsageItem] {
        items.reduce(into: []) { sums, item in
            let place = sums.firstIndex { $0.sku == item.sku && $0.model == item.model }
            if let place { sums[place] += item } else { sums.append(item) }
        }
    }

    private func response(_ bill: Bill, _ items: [UsageItem]) -> SimulatedResponse {
        var body: [String: JSONValue] = [
            "timePeriod": .object([
                "year": .integer(Int64(bill.month.year)),
                "month": .integer(Int64(bill.month.month)),
            ]),
            "usageItems": .array(items.map(Self.json)),
        ]
        for (name, value) in bill.names { body[name] = .string(value) }
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
