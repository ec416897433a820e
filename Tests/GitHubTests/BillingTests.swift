import Domain
import GitHub
import Ports
import Testing

@Suite("A bill", .timeLimit(.minutes(5)))
struct BillingTests {
    /// A row in GitHub's JSON: the product, its price, and the quantity used.
    private static func item(
        _ sku: String, _ unit: String, model: String? = nil, price: Double? = 0.01,
        gross: Double? = nil, discount: Double = 0
    ) -> String {
        var fields = [#""product": "Copilot", "sku": "\#(sku)", "unitType": "\#(unit)""#]
        if let model { fields.append(#""model": "\#(model)""#) }
        if let price { fields.append(#""pricePerUnit": \#(price)"#) }
        if let gross {
            fields.append(#""grossQuantity": \#(gross), "discountQuantity": \#(discount)"#)
            fields.append(#""netQuantity": \#(gross - discount)"#)
        }
        return "{\(fields.joined(separator: ","))}"
    }

    private static func answer(_ items: String...) -> Result<HTTPClientResponse, Failure> {
        .json(
            200,
            #"{"timePeriod": {"year": 2026, "month": 11}, "organization": "acme", "usageItems": [\#(items.joined(separator: ","))]}"#
        )
    }

    private func bill(
        _ answers: Result<HTTPClientResponse, Failure>..., paths: [String]? = nil,
        hasModels: Bool = false
    ) async throws -> BillingSummary {
        let script = Script(answers)
        let bench = try Bench { _ throws(Failure) in try script.next() }
        let bill = try await bench.client.billing(
            of: acme, year: 2026, month: 11, token: token, hasModels: hasModels)
        if let paths {
            #expect(
                bench.requests.map {
                    $0.path.split(separator: "/").dropFirst(4).joined(separator: "/").prefix {
                        $0 != "?"
                    }
                }.map(String.init) == paths)
        }
        return bill
    }

    @Test(
        "is requested for the month of the report day, not the current month",
        arguments: [("2026-11-21", 2026, 11), ("2026-10-31", 2026, 10), ("2025-12-31", 2025, 12)])
    func month(reported: String, year: Int, month: Int) async throws {
        let bench = try Bench(answers: Self.answer())
        let day = day(reported)
        let bill = try await bench.client.billing(
            of: acme, year: day.year, month: day.month, token: token)
        #expect(bill == BillingSummary(rows: []))
        #expect(
            bench.paths == [
                """
                GET /organizations/acme/settings/billing/usage/summary\
                ?year=\(year)&month=\(month)&product=copilot
                """
            ])
    }

    @Test("keeps GitHub's numbers to the last bit, and leaves absent numbers absent")
    func exact() async throws {
        let bill = try await bill(
            .json(
                200,
                #"""
                {"usageItems": [
                 {"product": "Copilot", "sku": "copilot_for_business", "unitType": "user-months",
                  "pricePerUnit": 19, "grossQuantity": 308.999999999, "grossAmount": 235.6,
                  "discountQuantity": 0, "discountAmount": null, "netAmount": 1e-7, "new": {}},
                 {"product": "Actions", "sku": "actions_linux", "unitType": "minutes"}]}
                """#))
        #expect(
            bill.rows == [
                BillingRow(
                    sku: "copilot_for_business", unitType: "user-months", pricePerUnit: 19,
                    grossQuantity: 308.999999999, grossAmount: 235.6, discountQuantity: 0,
                    netAmount: 0.0000001)
            ])
        #expect(bill.notes.isEmpty)
    }

    @Test("sums rows of the same product, and omits the price if it differs")
    func twice() async throws {
        let bill = try await bill(
            Self.answer(
                Self.item("seats", "user-months", price: 19, gross: 1.5),
                Self.item("seats", "user-months", price: 39, gross: 2.25),
                Self.item("seats", "days", price: 1, gross: 4),
                Self.item("extra", "x", price: 2, gross: 1), Self.item("extra", "x", price: 2)))
        #expect(bill.rows.map(\.sku) == ["extra", "seats", "seats"])
        #expect(bill.rows.map(\.grossQuantity) == [1, 4, 3.75])
        #expect(bill.rows.map(\.pricePerUnit) == [2, 1, nil])
        #expect(bill.notes == ["seats has more than one price per unit, so no price is written"])
    }

    @Test("splits premium requests by model, under the summary's names")
    func split() async throws {
        let bill = try await bill(
            Self.answer(
                Self.item("copilot_premium_request", "requests", gross: 298.75, discount: 290),
                Self.item("copilot_for_business", "user-months", price: 19, gross: 12.4)),
            Self.answer(
                Self.item("Copilot Premium Request", "request", model: "GPT-5", gross: 0.1),
                Self.item(
                    "Copilot Premium Request", "request", model: "Claude", gross: 298.65,
                    discount: 290)), paths: ["usage/summary", "premium_request/usage"])
        #expect(
            bill.rows.map(\.sku) == [
                "copilot_for_business", "copilot_premium_request", "copilot_premium_request",
            ])
        #expect(bill.rows.map(\.unitType) == ["user-months", "requests", "requests"])
        #expect(bill.rows.map(\.model) == [nil, "Claude", "GPT-5"])
        #expect(bill.rows.map(\.grossQuantity) == [12.4, 298.65, 0.1])
        #expect(bill.notes.isEmpty && bill.byModel.isEmpty)
    }

    @Test("has the same labels when another product appears, and when sums differ")
    func stableLabels() async throws {
        func labels(_ bill: BillingSummary) -> Set<String> {
            Set(bill.rows.map { "\($0.sku) \($0.unitType) \($0.model ?? "-")" })
        }
        func details() -> Result<HTTPClientResponse, Failure> {
            Self.answer(
                Self.item(
                    "Copilot AI Credits", "ai-credits", model: "Coding Agent model", gross: 35),
                Self.item("Copilot AI Credits", "ai-credits", model: "Auto: GPT-5", gross: 100))
        }
        let first = try await bill(
            Self.answer(Self.item("copilot_ai_unit", "ai-units", gross: 100)), details(),
            hasModels: true)
        let second = try await bill(
            Self.answer(
                Self.item("copilot_ai_unit", "ai-units", gross: 110),
                Self.item("coding_agent_ai_unit", "ai-units", gross: 25)), details(),
            hasModels: true)
        #expect(labels(first) == ["copilot_ai_unit ai-units -"])
        #expect(
            labels(second) == ["copilot_ai_unit ai-units -", "coding_agent_ai_unit ai-units -"])
        #expect(first.byModel == second.byModel)
        #expect(second.byModel.map(\.model) == ["Auto: GPT-5", "Coding Agent model"])

        let requests = Self.item("copilot_premium_request", "requests", gross: 100)
        for gross in [100.0, 60] {
            let bill = try await bill(
                Self.answer(requests),
                Self.answer(
                    Self.item("Copilot Premium Request", "requests", model: "A", gross: gross)))
            #expect(labels(bill) == ["copilot_premium_request requests A"])
            #expect(bill.notes.count == (gross == 100 ? 0 : 1))
        }
    }

    @Test("splits premium requests product by product, and loses none")
    func products() async throws {
        let bill = try await bill(
            Self.answer(
                Self.item("copilot_premium_request", "requests", gross: 100),
                Self.item("coding_agent_premium_request", "requests", gross: 7),
                Self.item("copilot_ai_unit", "ai-units", gross: 5)),
            Self.answer(
                Self.item("Copilot Premium Request", "requests", model: "A", gross: 100),
                Self.item("Cloud Agent Premium Requests", "requests", model: "B", gross: 7)),
            paths: ["usage/summary", "premium_request/usage"])
        #expect(
            bill.rows.map { "\($0.sku) \($0.model ?? "-") \($0.grossQuantity ?? -1)" } == [
                "cloud_agent_premium_request B 7.0", "copilot_ai_unit - 5.0",
                "copilot_premium_request A 100.0",
            ])
    }

    @Test(
        "counts nothing twice if GitHub lists the models of two products under one name",
        arguments: [(100, 25, 125), (100, 24, 124), (90, 25, 115), (100, 0, 125)]
            as [(Double, Double, Double)])
    func oneName(gross: Double, agent: Double, sum: Double) async throws {
        let bill = try await bill(
            Self.answer(
                Self.item("copilot_premium_request", "requests", gross: 100),
                Self.item("coding_agent_premium_request", "requests", gross: 25)),
            Self.answer(
                Self.item("Copilot Premium Request", "requests", model: "A", gross: gross),
                Self.item("Copilot Premium Request", "requests", model: "Agent", gross: agent)))
        let rows = bill.rows.map { "\($0.sku) \($0.model ?? "-")" }
        let models = ["copilot_premium_request A", "copilot_premium_request Agent"]
        // Without the agent's requests among the models, they are those of its own row.
        #expect(rows == (agent == 0 ? ["coding_agent_premium_request -"] : []) + models)
        #expect(bill.rows.reduce(0) { $0 + ($1.grossQuantity ?? 0) } == sum)
        #expect(bill.notes.count == (sum == 125 && agent > 0 ? 0 : 1), "\(bill.notes)")
    }

    @Test(
        "keeps premium requests whole where GitHub has no split",
        arguments: [
            answer(item("Copilot Premium Request", "requests", gross: 298.75)), answer(),
            .json(204, ""), .json(404), .json(400),
            .message(403, "Resource not accessible by integration"),
        ])
    func unsplit(details: Result<HTTPClientResponse, Failure>) async throws {
        let bill = try await bill(
            Self.answer(Self.item("copilot_premium_request", "requests", gross: 298.75)), details)
        #expect(bill.rows.map(\.model) == [nil])
        #expect(bill.rows.map(\.grossQuantity) == [298.75])
        #expect(bill.notes.count == 1)
    }

    @Test("skips an item with a number out of range", arguments: [1e14, -1e300, 1e308])
    func outOfRange(gross: Double) async throws {
        let bill = try await bill(
            Self.answer(
                Self.item("seats", "user-months", gross: 1), Self.item("odd", "x", gross: gross)))
        #expect(bill.rows.map(\.sku) == ["seats"])
        #expect(bill.notes.count == 1)
        #expect(bill.notes[0].contains("odd, whose grossQuantity is out of range"))
    }

    @Test("adds up as a person would")
    func decimal() async throws {
        let bill = try await bill(
            Self.answer(
                Self.item("seats", "user-months", gross: 1.1),
                Self.item("seats", "user-months", gross: 0.28),
                Self.item("more", "x", gross: 0.1), Self.item("more", "x", gross: 0.2),
                Self.item("small", "x", gross: 1e-7), Self.item("small", "x", gross: 1e12)))
        #expect(bill.rows.map(\.grossQuantity) == [0.3, 1.38, 1_000_000_000_000.0000001])
        #expect(bill.rows.map(\.netQuantity) == [0.3, 1.38, 1_000_000_000_000.0000001])
    }

    @Test("skips an item that is not as documented, and names it")
    func oddItem() async throws {
        let bill = try await bill(
            Self.answer(
                #"{"product": "Copilot", "sku": "copilot_spark", "grossQuantity": 1}"#,
                #"{"product": "copilot", "unitType": "x"}"#,
                #"{"sku": "copilot_x", "unitType": "x", "netAmount": "much"}"#,
                #""a note""#, #"{"product": "Actions"}"#,
                Self.item("seats", "user-months", gross: 2)))
        #expect(bill.rows.map(\.sku) == ["seats"])
        #expect(
            bill.notes == [
                """
                4 items of the bill were skipped, because GitHub describes them in an unknown form: \
                copilot_spark without unitType, an item without sku, copilot_x, whose netAmount is \
                not a number, an item without sku
                """
            ])
    }

    @Test(
        "fails in an outage instead of omitting the split, because a query would add up both forms")
    func outage() async throws {
        let bench = try Bench(
            answers: Self.answer(Self.item("copilot_premium_request", "requests", gross: 1)),
            .json(503, "{}", ["retry-after": "60"]))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
        }
        #expect(failure.code == .unavailable)
    }

    @Test("is not requested by model if the summary names models already")
    func modelled() async throws {
        let bill = try await bill(
            Self.answer(
                Self.item("copilot_premium_request", "requests", model: "A", gross: 1)),
            paths: ["usage/summary"])
        #expect(bill.rows.map(\.model) == ["A"])
    }

    @Test(
        "reports whether an enterprise pays or a permission is missing",
        arguments: [
            (404, Failure.Code.notFound, "enterprise"), (403, .forbidden, "Administration"),
        ]
    )
    func refused(status: Int, code: Failure.Code, advice: String) async throws {
        let bench = try Bench(
            answers: .message(status, "Resource not accessible by integration"))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
        }
        #expect(failure.code == code)
        #expect(failure.message.contains(advice))
    }

    @Test(
        "fails if it does not have the documented form",
        arguments: [
            "[]", "{}", #"{"organization": "acme"}"#, #"{"usageItems": null}"#,
            #"{"usageItems": [{"sku": 1}]}"#,
        ])
    func malformed(body: String) async throws {
        let bench = try Bench(answers: .json(200, body))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
        }
        #expect(failure.code == .malformedReply)
    }
}
