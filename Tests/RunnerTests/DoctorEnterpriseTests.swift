import Domain
import GitHub
import Ports
import Testing

@testable import Runner

@Suite("A diagnosis of an enterprise's bill", .timeLimit(.minutes(5)))
struct DoctorEnterpriseTests {
    private static func bill(_ gross: Double, of organization: String? = nil) -> String {
        let name = organization.map { #""organization":"\#($0)","# } ?? ""
        return """
            {\(name)"usageItems":[{"sku":"seats","unitType":"x","grossAmount":\(gross),
            "netAmount":\(gross)}]}
            """
    }

    /// A diagnosis where acme is on the enterprise's bill.
    private func diagnosis(
        whole: Double, part: Double, expires: String? = nil,
        only organizations: [OrganizationLogin] = []
    ) async throws -> (Diagnosis, [String]) {
        let bench = try DoctorBench(
            enterprise: EnterpriseAccount(slug: "acme-inc", token: Secret("ghp_planted"))
        ) { request throws(Failure) in
            if request.url.contains("/organizations/") { return .refusal(404, "Not Found") }
            guard request.url.contains("/enterprises/") else { return nil }
            let isPart = request.url.contains("organization=acme")
            var fields = ["x-oauth-scopes": "manage_billing:enterprise"]
            fields["github-authentication-token-expiration"] = expires
            let text = isPart ? Self.bill(part, of: "acme") : Self.bill(whole)
            return HTTPClientResponse(status: 200, fields: fields, bytes: Array(text.utf8))
        }
        try await bench.connect()
        return (await bench.diagnosis(organizations: organizations), bench.paths)
    }

    @Test("finds equal sums, and asks for the whole bill once")
    func equal() async throws {
        let (diagnosis, paths) = try await diagnosis(whole: 1234.5, part: 1234.504)
        #expect(diagnosis.names(.problem) == [])
        #expect(try diagnosis.check(.billingToken).seen.contains("manage_billing:enterprise"))
        #expect(try diagnosis.check(.billing).seen.contains("the bill of the enterprise acme-inc"))
        let check = try diagnosis.check(.enterpriseBill)
        #expect(check.outcome == .ok)
        #expect(check.seen.contains("1,234.50 gross, 1,234.50 net"))
        #expect(paths.count { $0.contains("/enterprises/") } == 2)
    }

    @Test(
        "explains a difference",
        arguments: [
            (1500, 1234.5, "the difference is 265.50 gross", "cost centers"),
            (1000, 1234.5, "the difference is -234.50 gross", "more than their enterprise"),
        ])
    func difference(whole: Double, part: Double, seen: String, fix: String) async throws {
        let (diagnosis, _) = try await diagnosis(whole: whole, part: part)
        let check = try diagnosis.check(.enterpriseBill)
        #expect(check.outcome == .warning)
        #expect(check.seen.contains(seen), "\(check.seen)")
        #expect(check.fix?.contains(fix) == true)
        #expect(!diagnosis.isFault)
    }

    @Test("does not compare the bill with some of the organizations")
    func some() async throws {
        let acme = try #require(OrganizationLogin("acme"))
        let (diagnosis, _) = try await diagnosis(whole: 2, part: 1, only: [acme])
        #expect(diagnosis.checks.allSatisfy { $0.name != .enterpriseBill })
    }

    @Test(
        "warns of a token that expires soon",
        arguments: [("2026-12-04 09:00:00 UTC", true), ("2027-03-01 09:00:00 UTC", false)])
    func expiry(text: String, isSoon: Bool) async throws {
        let (diagnosis, _) = try await diagnosis(whole: 1, part: 1, expires: text)
        let check = try diagnosis.check(.billingToken)
        #expect(check.outcome == (isSoon ? .warning : .ok))
        #expect(check.seen.contains(text.prefix(10)))
    }

    @Test("has no check without an enterprise, and a problem with a refused token")
    func refused() async throws {
        let bench = try DoctorBench()
        try await bench.connect()
        let plain = await bench.diagnosis()
        #expect(plain.checks.allSatisfy { ![.billingToken, .enterpriseBill].contains($0.name) })

        let other = try DoctorBench(
            enterprise: EnterpriseAccount(slug: "acme-inc", token: Secret("ghp_planted"))
        ) { request throws(Failure) in
            request.url.contains("/enterprises/") ? .refusal(401, "Bad credentials") : nil
        }
        try await other.connect()
        let refused = await other.diagnosis()
        #expect(refused.names(.problem) == [.billingToken])
        #expect(refused.checks.allSatisfy { $0.name != .enterpriseBill })
    }
}
